package org.buildchain.diff.text;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.buildchain.diff.report.DifferenceClass;

/**
 * Something that is known to vary between builds.
 *
 * @param pattern how it is written; linear in the text's length
 * @param also what holds of it besides
 * @param kept what of it does not vary
 */
record Kind(
    DifferenceClass cause, Pattern pattern, Predicate<String> also, UnaryOperator<String> kept) {
  private static final String MONTH =
      "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
          + "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?";
  private static final String DAY =
      "(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?"
          + "|Sun(?:day)?),?";
  private static final String YEAR = "(?:19|20)\\d\\d";
  private static final String CLOCK =
      "[0-2]?\\d:[0-5]\\d(?::[0-6]\\d)?(?:[.,]\\d{1,9})?(?: ?[AaPp][Mm])?";

  private static final String TIME =
      "\\b"
          + YEAR
          + "[-/.][01]?\\d[-/.][0-3]?\\d(?:[T_"
          + " ][0-2]\\d[:.]?[0-5]\\d[:.]?[0-6]?\\d?)?(?:[.,]\\d{1,9})?Z?\\b"
          + "|\\b[0-3]?\\d[-/.][0-3]?\\d[-/.]"
          + YEAR
          + "\\b|\\b[01]?\\d/[0-3]?\\d/\\d\\d\\b|\\b"
          + YEAR
          + "[01]\\d[0-3]\\d(?:[T_-]?[0-2]\\d[0-5]\\d(?:[0-6]\\d)?)?Z?\\b|\\b(?:"
          + DAY
          + " +)?(?:[0-3]?\\d[ -])?"
          + MONTH
          + "(?:[ -]+[0-3]?\\d\\b,?)?(?:[ -]"
          // As __DATE__ and __TIME__ without a space.
          + YEAR
          + "(?:[0-2]\\d:[0-5]\\d:[0-6]\\d)?)?\\b|\\b"
          + DAY
          + "\\b|\\b"
          + CLOCK
          + "\\b|\\b1[0-9]{9}(?:\\d{3}|\\d{6}|\\d{9}|\\.\\d{1,9})?\\b|\\b"
          + YEAR
          + "\\b|(?i:\\b(?:took|in|elapsed|duration|time elapsed|(?:build|total|elapsed)"
          + " time)[:= ]+\\d+(?:[.,]\\d+)? ?(?:[num]?s|msecs?|secs?|seconds?|min|minutes?)\\b)";

  /** What mktemp, compilers and Python call their files: a word and a random one. */
  private static final Kind TEMPORARY =
      new Kind(
          DifferenceClass.RANDOM,
          Pattern.compile("\\b(?:cc|tmp[._]?|conf(?:test)?)[A-Za-z0-9_]{6,10}\\b"),
          name ->
              name.substring(3)
                  .chars()
                  .anyMatch(c -> Character.isDigit(c) || Character.isUpperCase(c)),
          _ -> "");

  private static final String HEX =
      "\\b0x[0-9a-fA-F]{6,16}\\b|\\b[0-9a-fA-F]{16,128}\\b|(?i:\\b(?:p?pid|process|inode)\\b["
          + " :=#]*\\d+)|(?i:\\b(?:seed|nonce|salt|random|uuid|token|serial|build[_"
          + " -]?number)\\b[\"']?[ :=]*[\"']?[A-Za-z0-9+/=_-]+)";

  /** What a text is searched for, each in what those before have left. */
  static final List<Kind> ALL =
      List.of(
          kind(DifferenceClass.STORE_PATH, "[0-9abcdfghijklmnpqrsvwxyz]{32}-[0-9a-zA-Z+._?=-]"),
          kind(
              DifferenceClass.RANDOM,
              "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
          kind(DifferenceClass.TIME_STAMP, TIME),
          kind(
              DifferenceClass.LOCALE,
              "\\b[a-z]{2}_[A-Z]{2}(?:\\.[A-Za-z0-9-]+)?(?:@[a-z]+)?\\b|\\bC\\.(?:UTF-8|utf8)\\b|\\bPOSIX\\b"
                  + "|\\b(?:UTC|GMT|CET|CEST|EET|EEST|WET|WEST|MSK|EST|EDT|CST|CDT|MST|MDT|PST|PDT|JST|KST|IST|BST|AEST|AEDT)(?:[+-]\\d{1,2})?\\b"
                  + "|\\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific|Etc)/[A-Za-z_/+-]+\\b"),
          TEMPORARY,
          kind(
              DifferenceClass.BUILD_PATH,
              "/(?:tmp|build|builds|private|home|root|Users|var|mnt|run|work|workspace|scratch|srv|data|dev/shm|usr/src|nix/var)(?:/[A-Za-z0-9_.+@%~,=-]+)+/?"),
          kind(
              DifferenceClass.HOST_OR_USER,
              "(?i)\\b(?:user|username|user-name|logname|host|hostname|host-name|nodename|builder|built["
                  + " -](?:by|on)|build[_ -]?(?:host|user)|machine|owner|packager)\\b[\"']?(?: is)?"
                  + " *[:= ]"
                  + " *[\"']?[a-z_][\\w.-]*(?:@[\\w.-]+)?|\\b[A-Za-z_][\\w.-]*@[A-Za-z][\\w.-]*|\\bLinux"
                  + " [\\w.-]+ \\d+\\.\\d+[\\w.-]*(?: #\\d[^\"\n"
                  + "]*GNU/Linux)?"),
          kind(
              DifferenceClass.MACHINE,
              "\\b\\d+\\.\\d+\\.\\d+[\\w.+-]*-(?:amd64|arm64|x86_64|aarch64|generic|cloud|azure|aws|gcp|rt|lts)[\\w.+-]*|(?i:\\b(?:uname|kernel(?:"
                  + " release| version)?|osrelease)[\"']?[:="
                  + " ]+\\d+\\.\\d+[\\w.+-]*)|(?:^|\\s)(?:-j|--jobs[= ]|--parallel[="
                  + " ])\\d+\\b|(?i:\\b(?:nproc|ncpus?|num_?cpus|cpus?|cpu[_"
                  + " ]count|cores|processors|build_cores|jobs)[\"']?[:= ]+\\d+\\b)|(?i:\\b\\d+"
                  + " (?:cpus?|cores?|processors?|threads)\\b)"),
          kind(DifferenceClass.RANDOM, HEX),
          new Kind(
              DifferenceClass.RANDOM,
              Pattern.compile("\\bg?[0-9a-f]{7,15}\\b"),
              Kind::hasDigitsAndLetters,
              _ -> ""),
          new Kind(
              DifferenceClass.RANDOM,
              Pattern.compile("[A-Za-z0-9+/_-]{22,}={0,2}"),
              Kind::looksRandom,
              _ -> ""),
          // The same digits, written in another way.
          new Kind(
              DifferenceClass.LOCALE,
              Pattern.compile("\\b\\d{1,3}(?:[., ']\\d{3})+(?:[.,]\\d+)?\\b|\\b\\d+[.,]\\d+\\b"),
              _ -> true,
              number -> number.replaceAll("\\D", "")));

  /** A zone's distance from UTC. What is left of one looks like a time of day. */
  static final Kind ZONE = kind(DifferenceClass.LOCALE, "[+-](?:0\\d|1[0-4]):?(?:00|15|30|45)\\b");

  private static Kind kind(DifferenceClass cause, String pattern) {
    return new Kind(cause, Pattern.compile(pattern), _ -> true, _ -> "");
  }

  private static boolean hasDigitsAndLetters(String text) {
    return text.chars().anyMatch(Character::isDigit)
        && text.chars().skip(1).anyMatch(Character::isLetter);
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
