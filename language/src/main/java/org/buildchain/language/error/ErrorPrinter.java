package org.buildchain.language.error;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.buildchain.language.syntax.Pos;
import org.buildchain.language.syntax.Source;
import org.buildchain.store.format.Octets;

/**
 * An evaluation error as Nix writes it to standard error, without colours: the trace from the
 * outermost frame inwards, the message, the place, the lines around it, names perhaps meant.
 * Source: {@code showErrorInfo} in {@code libutil/error.cc}.
 */
public final class ErrorPrinter {
  private static final String PREFIX = "error: ";
  private static final String WARNING = "warning: ";
  private static final String FRAME = Octets.fromText("… ");
  private static final String TRUNCATED =
      "(stack trace truncated; use '--show-trace' to show the full, detailed trace)";

  /** Without {@code --show-trace}: how many frames are shown; one with a place counts twice. */
  private static final int FRAMES = 3;

  /** As many repeated frames in a row are still written out. */
  private static final int REPEATED = 5;

  private final StringBuilder out = new StringBuilder();
  private final Set<EvalException.Frame> seen = new HashSet<>();
  private final List<EvalException.Frame> repeated = new ArrayList<>();
  private int count;

  private ErrorPrinter() {}

  /**
   * The error, an octet string without a newline at its end. What messages hold stays in it: see
   * {@link org.buildchain.language.ControlSequences}.
   *
   * @param showTrace whether the trace is shown whole
   */
  public static String show(EvalException e, boolean showTrace) {
    ErrorPrinter p = new ErrorPrinter();
    p.print(e, showTrace);
    return indented(PREFIX, p.out);
  }

  /**
   * A warning as it stands behind the word {@code warning:} and a space, with the place that it is
   * about; an octet string. As in Nix one without a place stays as it is.
   */
  public static String warning(Pos at, String message) {
    if (!at.isKnown()) {
      return message;
    }
    ErrorPrinter p = new ErrorPrinter();
    p.out.append(message).append('\n');
    p.place("", at);
    return indented(WARNING, p.out).substring(WARNING.length());
  }

  private void print(EvalException e, boolean showTrace) {
    List<EvalException.Frame> frames = e.frames();
    if (!frames.isEmpty()) {
      if (trace(frames.reversed(), showTrace)) {
        out.append('\n').append(TRUNCATED).append('\n');
      }
      out.append('\n').append(PREFIX);
    }
    out.append(e.getMessage()).append('\n');
    place("", e.pos());
    if (!e.suggestions().isEmpty()) {
      out.append(Suggestions.sentence(e.suggestions())).append('\n');
    }
  }

  private boolean trace(List<EvalException.Frame> frames, boolean showTrace) {
    boolean truncate = false;
    for (EvalException.Frame f : frames) {
      if (f.text().isEmpty()) {
        continue;
      }
      truncate |= !showTrace && count > FRAMES;
      if (truncate && !f.always()) {
        continue;
      }
      if (!seen.add(f)) {
        repeated.add(f);
        continue;
      }
      printRepeated();
      count++;
      frame(f);
    }
    printRepeated();
    return truncate;
  }

  private void printRepeated() {
    if (repeated.size() > REPEATED) {
      out.append("\n(").append(repeated.size()).append(" duplicate frames omitted)\n");
    } else {
      repeated.forEach(this::frame);
    }
    repeated.clear();
  }

  private void frame(EvalException.Frame f) {
    out.append('\n').append(FRAME).append(f.text()).append('\n');
    if (place("  ", f.pos())) {
      count++;
    }
  }

  private boolean place(String indent, Pos at) {
    if (!at.isKnown()) {
      return false;
    }
    out.append(indent).append("at ").append(at).append(':');
    Source source = at.source();
    int line = at.line();
    if (line > 1) {
      codeLine(line - 1, source.lineText(line - 1));
    }
    if (!source.text().isEmpty()) {
      codeLine(line, source.lineText(line));
      out.append("\n      |").append(" ".repeat(at.column())).append('^');
    }
    if (line < source.lines()) {
      codeLine(line + 1, source.lineText(line + 1));
    }
    out.append('\n');
    return true;
  }

  private void codeLine(int number, String text) {
    String digits = Integer.toString(number);
    out.append("\n ")
        .append(" ".repeat(Math.max(0, 5 - digits.length())))
        .append(digits)
        .append("| ")
        .append(text);
  }

  /** Every line but the first under the word after the prefix; no spaces at the ends of lines. */
  private static String indented(String prefix, CharSequence text) {
    StringBuilder out = new StringBuilder();
    String indent = prefix;
    for (String line : text.toString().stripTrailing().split("\n", -1)) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      out.append((indent + line).stripTrailing());
      indent = " ".repeat(prefix.length());
    }
    return out.toString();
  }
}
