package org.buildchain.daemon.command;

import java.time.Duration;
import java.util.Locale;

/** Amounts as users write and read them. */
public final class Sizes {
  private static final String UNITS = "KMGT";

  private Sizes() {}

  /**
   * A number of bytes, with K, M, G or T for powers of 1024.
   *
   * @throws CommandException if it is none
   */
  public static long bytes(String option, String text) {
    int unit =
        text.isEmpty() ? -1 : UNITS.indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
    try {
      long n = Long.parseLong(unit < 0 ? text : text.substring(0, text.length() - 1));
      long factor = 1L << 10 * (unit + 1);
      if (n >= 0 && n <= Long.MAX_VALUE / factor) {
        return n * factor;
      }
    } catch (NumberFormatException e) {
      // The message below says the same.
    }
    throw new CommandException(
        "option '" + option + "': expected bytes such as 4096, 500M or 10G, not '" + text + "'");
  }

  /**
   * A time span: a number and d, h, m or s; days without a letter.
   *
   * @throws CommandException if it is none
   */
  public static Duration age(String option, String text) {
    char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
    String number = Character.isLetter(last) ? text.substring(0, text.length() - 1) : text;
    try {
      int n = Integer.parseInt(number);
      if (n >= 0) {
        switch (last) {
          case 'h':
            return Duration.ofHours(n);
          case 'm':
            return Duration.ofMinutes(n);
          case 's':
            return Duration.ofSeconds(n);
          default:
            if (last == 'd' || Character.isDigit(last)) {
              return Duration.ofDays(n);
            }
        }
      }
    } catch (NumberFormatException e) {
      // The message below says the same.
    }
    throw new CommandException(
        "option '" + option + "': expected a time such as 30d, 12h or 90m, not '" + text + "'");
  }

  /** As {@code 12.3 MiB}. */
  public static String words(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
