package org.buildchain.substituter.net;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/**
 * Names and passwords for hosts. Source: curl's manual, "netrc" ({@code machine}, {@code default},
 * {@code login}, {@code password}, {@code account}, {@code macdef}).
 */
public final class Netrc {
  /** The most bytes of a file. */
  public static final int MAX_BYTES = 1 << 20;

  private final Map<String, String> logins;
  private final Optional<String> others;

  private Netrc(Map<String, String> logins, Optional<String> others) {
    this.logins = Map.copyOf(logins);
    this.others = others;
  }

  /**
   * Reads a file's content, an octet string. Of two entries for a host the first counts.
   *
   * @throws FormatException if it is none; the message holds nothing of it
   */
  public static Netrc parse(String text) {
    Map<String, String> logins = new HashMap<>();
    Optional<String> others = Optional.empty();
    String host = "";
    Map<String, String> entry = new HashMap<>();
    Iterator<String> words = words(text).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "machine", "default" -> {
          others = keep(host, entry, logins, others);
          host = word.equals("machine") ? next(words) : "*";
          entry = new HashMap<>();
        }
        case "login", "password", "account" -> entry.put(word, next(words));
        default ->
            throw new FormatException("netrc file", "expected 'machine', 'login' or 'password'");
      }
    }
    return new Netrc(logins, keep(host, entry, logins, others));
  }

  private static Optional<String> keep(
      String host, Map<String, String> entry, Map<String, String> logins, Optional<String> others) {
    String pair = entry.getOrDefault("login", "") + ":" + entry.getOrDefault("password", "");
    if (host.equals("*")) {
      return others.or(() -> Optional.of(pair));
    }
    if (!host.isEmpty()) {
      logins.putIfAbsent(host, pair);
    }
    return others;
  }

  private static String next(Iterator<String> words) {
    if (!words.hasNext()) {
      throw new FormatException("netrc file", "ends where a word was expected");
    }
    return words.next();
  }

  /** Words, quoted ones as curl has them; comments and macros are left out. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    boolean macro = false;
    for (String line : text.split("\n", -1)) {
      if (macro) {
        macro = !line.isBlank();
        continue;
      }
      int at = 0;
      while (at < line.length()) {
        char c = line.charAt(at);
        if (c == ' ' || c == '\t' || c == '\r') {
          at++;
        } else if (c == '#' && (words.isEmpty() || !isValue(words.getLast()))) {
          break;
        } else if (c == '"') {
          at = quoted(line, at + 1, words);
        } else {
          int end = at;
          while (end < line.length() && " \t\r".indexOf(line.charAt(end)) < 0) {
            end++;
          }
          words.add(line.substring(at, end));
          at = end;
        }
      }
      if (words.size() > 1 && words.get(words.size() - 2).equals("macdef")) {
        words.subList(words.size() - 2, words.size()).clear();
        macro = true;
      }
    }
    return words;
  }

  private static boolean isValue(String before) {
    return List.of("login", "password", "account", "machine").contains(before);
  }

  private static int quoted(String line, int from, List<String> words) {
    StringBuilder word = new StringBuilder();
    int at = from;
    while (at < line.length() && line.charAt(at) != '"') {
      if (line.charAt(at) == '\\' && at + 1 < line.length()) {
        at++;
      }
      word.append(line.charAt(at++));
    }
    if (at == line.length()) {
      throw new FormatException("netrc file", "a quoted word has no end");
    }
    words.add(word.toString());
    return at + 1;
  }

  /** The header {@code Authorization} for a host, if there is an entry for it. */
  public Optional<String> authorization(String host) {
    return Optional.ofNullable(logins.get(host))
        .or(() -> others)
        .map(
            pair ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(pair.getBytes(StandardCharsets.ISO_8859_1)));
  }
}
