package org.buildchain.daemon.host.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The search path for {@code <name>}: entries {@code prefix=path}, {@code path} or a URL in
 * either's place. Source: Nix manual, "NIX_PATH".
 */
public final class SearchPath {
  /** What entries begin with, before a colon, that are no paths. */
  private static final List<String> KINDS = List.of("channel", "flake");

  private SearchPath() {}

  /**
   * The entries of the options {@code -I}, then those of {@code NIX_PATH}.
   *
   * @param options what each {@code -I} says
   * @param nixPath the variable's value, entries separated by colons
   * @param cwd what relative paths are relative to
   */
  public static List<Map.Entry<String, String>> of(
      List<String> options, String nixPath, String cwd) {
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    for (String option : options) {
      entries.add(entry(option, cwd));
    }
    for (String element : split(nixPath)) {
      entries.add(entry(element, cwd));
    }
    return List.copyOf(entries);
  }

  /**
   * Splits at colons, but not at the colon of {@code scheme://}, {@code channel:name} or {@code
   * flake:name}.
   */
  static List<String> split(String nixPath) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= nixPath.length(); i++) {
      boolean end = i == nixPath.length();
      if (!end && (nixPath.charAt(i) != ':' || isUrlColon(nixPath, start, i))) {
        continue;
      }
      if (i > start) {
        parts.add(nixPath.substring(start, i));
      }
      start = i + 1;
    }
    return parts;
  }

  private static boolean isUrlColon(String text, int start, int colon) {
    if (text.startsWith("//", colon + 1)) {
      return true;
    }
    String head = text.substring(start, colon);
    return KINDS.contains(head.substring(head.indexOf('=') + 1));
  }

  private static Map.Entry<String, String> entry(String text, String cwd) {
    int cut = text.indexOf('=');
    String prefix = cut < 0 ? "" : text.substring(0, cut);
    String target = text.substring(cut + 1);
    boolean url =
        target.contains("://") || KINDS.stream().anyMatch(kind -> target.startsWith(kind + ":"));
    return Map.entry(prefix, url ? target : CanonicalPath.absolute(target, cwd));
  }
}
