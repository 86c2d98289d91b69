package org.buildchain.diff.report;

import java.util.StringJoiner;

/** A report for people, as an octet string. */
public final class ReportText {
  private static final String RED = "\033[31;1m";
  private static final String YELLOW = "\033[33m";
  private static final String GREEN = "\033[32m";
  private static final String BOLD = "\033[1m";
  private static final String NORMAL = "\033[0m";

  private final boolean colours;
  private final StringBuilder out = new StringBuilder();

  private ReportText(boolean colours) {
    this.colours = colours;
  }

  /** The lines; empty for equal outputs. What would control a terminal is escaped. */
  public static String of(Report report, boolean colours) {
    ReportText text = new ReportText(colours);
    if (!report.same()) {
      text.write(report);
    }
    return text.out.toString();
  }

  private void write(Report report) {
    String path = null;
    for (Difference d : report.differences()) {
      if (!d.path().equals(path)) {
        path = d.path();
        out.append(paint(BOLD, path.isEmpty() ? "(the output itself)" : visible(path)))
            .append('\n');
      }
      one(d);
    }
    if (report.omitted() > 0) {
      out.append("and ").append(report.omitted()).append(" more differences\n");
    }
    StringJoiner all = new StringJoiner(", ");
    for (DifferenceClass cause : DifferenceClass.values()) {
      if (report.classes().containsKey(cause)) {
        all.add(cause.words() + " (" + report.classes().get(cause) + ")");
      }
    }
    out.append('\n').append(sentence(report.effect())).append(' ').append(all).append(".\n");
  }

  private void one(Difference d) {
    out.append("  ").append(paint(colour(d.effect()), d.cause().label()));
    if (!d.place().isEmpty()) {
      out.append(" in ").append(visible(String.join(" > ", d.place())));
    }
    if (d.count() > 1) {
      out.append(" (").append(d.count()).append(" times)");
    }
    if (!d.detail().isEmpty()) {
      out.append(": ").append(visible(d.detail()));
    }
    out.append('\n');
    if (!d.left().isEmpty() || !d.right().isEmpty()) {
      out.append("    - ").append(d.left()).append("\n    + ").append(d.right()).append('\n');
    }
  }

  private String sentence(Effect effect) {
    return switch (effect) {
      case NONE -> paint(GREEN, "Harmless:") + " they differ only in what nothing that runs reads:";
      case DATA -> paint(YELLOW, "Explained, but programs may read it:") + " they differ in";
      case CODE -> paint(RED, "Code differs, or may differ:") + " they differ in";
    };
  }

  private static String colour(Effect effect) {
    return switch (effect) {
      case NONE -> GREEN;
      case DATA -> YELLOW;
      case CODE -> RED;
    };
  }

  private String paint(String colour, String text) {
    return colours ? colour + text + NORMAL : text;
  }

  /** File names and names in archives are hostile: no control sequence gets through. */
  private static String visible(String octets) {
    StringBuilder s = new StringBuilder(octets.length());
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      s.append(
          c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0 && !inSequence(octets, i)) ? '?' : c);
    }
    return s.toString();
  }

  /** Whether the octet continues a character of UTF-8, where it controls nothing. */
  private static boolean inSequence(String octets, int i) {
    for (int back = 1; back <= 3 && i >= back; back++) {
      char c = octets.charAt(i - back);
      if (c >= 0xc0) {
        return c > 0xc2 || octets.charAt(i) >= 0xa0;
      }
      if (c < 0x80) {
        return false;
      }
    }
    return false;
  }
}
