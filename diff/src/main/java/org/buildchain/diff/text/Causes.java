package org.buildchain.diff.text;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.buildchain.diff.report.DifferenceClass;

/**
 * Finds why two lines differ: what is known to vary between builds is taken out of both, and a
 * cause is found when nothing else is left. A cause found is a guess about where a text comes from,
 * never a proof that nobody acts by it.
 */
public final class Causes {
  /** Longer texts are not looked at. */
  public static final int MAX_LENGTH = 1 << 16;

  /** No octet. */
  private static final String TAKEN_OUT = "\u0100";

  private static final String MONTH =
      "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\\.?";
  private static final String DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]{3,6})?,?";

  private static final List<Kind> KINDS =
      List.of(
          kind(DifferenceClass.STORE_PATH, "[0-9abcdfghijklmnpqrsvwxyz]{32}-[0-9a-zA-Z+._?=-]"),
          kind(
              DifferenceClass.RANDOM,
              "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
          kind(
              DifferenceClass.TIME_STAMP,
              "\\b(?:19|20)\\d\\d[-/.][01]?\\d[-/.][0-3]?\\d(?:[T_"
                  + " ][0-2]\\d[:.]?[0-5]\\d[:.]?[0-6]?\\d?)?(?:[.,]\\d{1,9})?Z?\\b"
                  + "|\\b[0-3]?\\d[-/.][0-3]?\\d[-/.](?:19|20)\\d\\d\\b"
                  + "|\\b(?:19|20)\\d\\d[01]\\d[0-3]\\d(?:[T_-]?[0-2]\\d[0-5]\\d(?:[0-6]\\d)?)?Z?\\b"
                  + "|\\b(?:"
                  + DAY
                  + " +)?(?:[0-3]?\\d[ -])?"
                  + MONTH
                  + "(?:[ -]+[0-3]?\\d\\b,?)?(?:[ -](?:19|20)\\d\\d)?\\b"
                  + "|\\b"
                  + DAY
                  + "\\b|\\b[0-2]?\\d:[0-5]\\d(?::[0-6]\\d)?(?:[.,]\\d{1,9})?(?: ?[AaPp][Mm])?\\b"
                  + "|\\b1[0-9]{9}(?:\\d{3}|\\d{6}|\\d{9}|\\.\\d{1,9})?\\b"
                  + "|\\b(?:19|20)\\d\\d\\b"),
          kind(
              DifferenceClass.LOCALE,
              "\\b[a-z]{2}_[A-Z]{2}(?:\\.[A-Za-z0-9-]+)?(?:@[a-z]+)?\\b|\\bC\\.(?:UTF-8|utf8)\\b|\\bPOSIX\\b"
                  + "|\\b(?:UTC|GMT|CET|CEST|EET|EEST|WET|WEST|MSK|EST|EDT|CST|CDT|MST|MDT|PST|PDT|JST|KST|IST|BST|AEST|AEDT)(?:[+-]\\d{1,2})?\\b"
                  + "|\\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific|Etc)/[A-Za-z_/+-]+\\b|\\b\\d{1,3}(?:[.,"
                  + " ']\\d{3})+(?:[.,]\\d+)?\\b|\\b\\d+[.,]\\d+\\b"),
          kind(
              DifferenceClass.BUILD_PATH,
              "/(?:tmp|build|builds|private|home|root|Users|var|mnt|run|work|workspace|scratch|srv|data|dev/shm|usr/src|nix/var)(?:/[A-Za-z0-9_.+@%~,=-]+)+/?"),
          kind(
              DifferenceClass.HOST_OR_USER,
              "(?i)\\b(?:user|username|user-name|logname|host|hostname|host-name|nodename|builder|built"
                  + " by|built on|build[_ -]?host|build[_"
                  + " -]?user|machine|owner|packager)\\b[\"']?(?: is)? *[:= ]"
                  + " *[\"']?[a-z_][\\w.-]*(?:@[\\w.-]+)?"
                  + "|\\b[A-Za-z_][\\w.-]*@[A-Za-z][\\w.-]*|\\bLinux [\\w.-]+ \\d+\\.\\d+[\\w.-]*"),
          kind(
              DifferenceClass.RANDOM,
              "\\b0x[0-9a-fA-F]{6,16}\\b|\\b[0-9a-fA-F]{16,128}\\b|(?i:\\bp?pid\\b[ :=#]*\\d+)"
                  + "|\\b(?:cc|tmp|tmp\\.|tmp_|conftest|conf)[A-Za-z0-9_]{6,10}\\b|(?i:\\b(?:seed|nonce|salt|random|uuid|token|serial|build[_"
                  + " -]?number)\\b[\"']?[ :=]*[\"']?[A-Za-z0-9+/=_-]+)"),
          new Kind(
              DifferenceClass.RANDOM,
              Pattern.compile("[A-Za-z0-9+/_-]{22,}={0,2}"),
              Causes::looksRandom));

  private static final Kind ZONE =
      kind(DifferenceClass.LOCALE, "[+-](?:0\\d|1[0-4]):?(?:00|15|30|45)\\b");

  private Causes() {}

  private record Kind(DifferenceClass cause, Pattern pattern, Predicate<String> also) {}

  private record Taken(String rest, List<String> parts) {}

  private static Kind kind(DifferenceClass cause, String pattern) {
    return new Kind(cause, Pattern.compile(pattern), _ -> true);
  }

  /**
   * Why two different texts differ; empty if no cause explains all of it.
   *
   * @param left an octet string, as {@code right}
   */
  public static Set<DifferenceClass> of(String left, String right) {
    if (left.length() > MAX_LENGTH || right.length() > MAX_LENGTH) {
      return Set.of();
    }
    Set<DifferenceClass> causes = new LinkedHashSet<>();
    // First, for what is left of a zone looks like a time of day.
    Taken leftZone = take(ZONE, left);
    Taken rightZone = take(ZONE, right);
    if (!leftZone.parts().equals(rightZone.parts())) {
      causes.add(ZONE.cause());
    }
    String l = leftZone.rest();
    String r = rightZone.rest();
    for (Kind kind : KINDS) {
      if (take(kind, l).rest().equals(take(kind, r).rest())) {
        if (!l.equals(r)) {
          causes.add(kind.cause());
        }
        return causes;
      }
    }
    for (Kind kind : KINDS) {
      Taken a = take(kind, l);
      Taken b = take(kind, r);
      if (!a.parts().equals(b.parts())) {
        causes.add(kind.cause());
      }
      l = a.rest();
      r = b.rest();
      if (l.equals(r)) {
        return causes;
      }
    }
    if (sameWords(left, right)) {
      return Set.of(DifferenceClass.ENTRY_ORDER);
    }
    if (sameWords(l, r)) {
      causes.add(DifferenceClass.ENTRY_ORDER);
      return causes;
    }
    return Set.of();
  }

  private static Taken take(Kind kind, String text) {
    Matcher m = kind.pattern().matcher(text);
    StringBuilder rest = new StringBuilder(text.length());
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (m.find()) {
      if (m.end() > m.start() && kind.also().test(m.group())) {
        rest.append(text, at, m.start()).append(TAKEN_OUT);
        parts.add(m.group());
        at = m.end();
      }
    }
    return new Taken(rest.append(text, at, text.length()).toString(), parts);
  }

  /** The same words in another order: a set that was printed as it came. */
  private static boolean sameWords(String left, String right) {
    return words(left)
        .filter(l -> words(right).filter(r -> Arrays.equals(l, r)).isPresent())
        .isPresent();
  }

  private static Optional<String[]> words(String text) {
    String[] words = text.trim().split("[\\s,;:{}()\\[\\]]+");
    if (words.length < 2) {
      return Optional.empty();
    }
    Arrays.sort(words);
    return Optional.of(words);
  }

  /** Digits, capitals and small letters in turn, as words hardly have. */
  private static boolean looksRandom(String text) {
    int changes = 0;
    for (int i = 1; i < text.length(); i++) {
      if (kindOf(text.charAt(i)) != kindOf(text.charAt(i - 1))) {
        changes++;
      }
    }
    return changes * 3 >= text.length();
  }

  private static int kindOf(char c) {
    return Character.isDigit(c)
        ? 0
        : Character.isUpperCase(c) ? 1 : Character.isLowerCase(c) ? 2 : 3;
  }
}
