package org.buildchain.language.data;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.store.format.Octets;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * TOML as values. Dates and times are refused unless the experimental feature {@code
 * parse-toml-timestamps} is on; then they are sets {@code { _type = "timestamp"; value = …; }}.
 */
public final class TomlReader {
  /** So many octets of a line are shown on each side of what is wrong. */
  private static final int EXCERPT = 30;

  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** What stands before a value, or before one that is known by its key. */
  private static final Pattern NEGATIVE_NAN =
      Pattern.compile(
          "\\s*(?:(?:\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|[A-Za-z0-9_-]+|\\s*\\.\\s*)+\\s*=)?\\s*-nan\\b.*");

  private final Evaluator ev;
  private String[] lines = {};

  /** For values of this evaluator, whose settings say whether times are read. */
  public TomlReader(Evaluator ev) {
    this.ev = ev;
  }

  /**
   * The value of a text, UTF-8 as an octet string: a set.
   *
   * @throws EvalException if it is not TOML 1.0, or holds what the language has no value for
   */
  public Value read(String octets) {
    String all = Octets.toText(octets);
    String text = all.startsWith(BYTE_ORDER_MARK) ? all.substring(1) : all;
    TomlParseResult r = Toml.parse(text, TomlVersion.V1_0_0);
    if (r.errors().stream().anyMatch(TomlReader::isTooPrecise)) {
      r = Toml.parse(lessPrecise(text, r.errors()), TomlVersion.V1_0_0);
    }
    if (r.hasErrors()) {
      throw fault(r.errors().getFirst(), octets);
    }
    lines = text.split("\n", -1);
    return table(r);
  }

  private static boolean isTooPrecise(TomlParseError e) {
    return e.getMessage().startsWith("Invalid nanoseconds");
  }

  /** Cuts fractions of a second to nine digits: TOML 1.0 wants the rest dropped, not refused. */
  private static String lessPrecise(String text, List<TomlParseError> errors) {
    String[] lines = text.split("\n", -1);
    for (TomlParseError e : errors.reversed()) {
      if (isTooPrecise(e)) {
        String line = lines[e.position().line() - 1];
        int from = Math.min(e.position().column() + 8, line.length());
        int to = from;
        while (to < line.length() && Character.isDigit(line.charAt(to))) {
          to++;
        }
        lines[e.position().line() - 1] = line.substring(0, from) + line.substring(to);
      }
    }
    return String.join("\n", lines);
  }

  private Value table(TomlTable t) {
    Attrs.Builder b = new Attrs.Builder(t.size());
    for (String key : t.keySet()) {
      List<String> path = List.of(key);
      b.put(ev.symbols().of(text(key)), value(t.get(path), () -> t.inputPositionOf(path)));
    }
    return b.build();
  }

  private static String text(String s) {
    if (s.indexOf('\0') >= 0) {
      throw EvalException.other(
          "while parsing TOML: error: input string '"
              + s.replace("\0", Octets.fromText("␀"))
              + "' cannot be represented as Nix string because it contains null bytes");
    }
    return Octets.fromText(s);
  }

  /** The JVM's parser knows one NaN, and TOML has a negative one. */
  private Value.Float nan(TomlPosition at) {
    String line = lines[at.line() - 1];
    int start = line.offsetByCodePoints(0, at.column() - 1);
    return new Value.Float(
        NEGATIVE_NAN.matcher(line.substring(start)).matches()
            ? Double.longBitsToDouble(Double.doubleToRawLongBits(Double.NaN) | Long.MIN_VALUE)
            : Double.NaN);
  }

  private Value value(Object o, Supplier<TomlPosition> at) {
    return switch (o) {
      case TomlTable t -> table(t);
      case TomlArray a -> {
        List<Value> out = new ArrayList<>(a.size());
        for (int i = 0; i < a.size(); i++) {
          int index = i;
          out.add(value(a.get(i), () -> a.inputPositionOf(index)));
        }
        yield Value.List.of(out);
      }
      case Boolean b -> Value.Bool.of(b);
      case Long n -> Value.Int.of(n);
      case Double d when d.isNaN() -> nan(at.get());
      case Double d -> new Value.Float(d);
      case String s -> new Str(text(s));
      default -> {
        if (!ev.settings().has("parse-toml-timestamps")) {
          throw EvalException.other("while parsing TOML: Dates and times are not supported");
        }
        yield new Attrs.Builder(2)
            .put(ev.symbols().of("_type"), new Str("timestamp"))
            .put(ev.symbols().of("value"), new Str(timestamp(o)))
            .build();
      }
    };
  }

  /** As toml11 prints it: seconds always, of their fraction no, three, six or nine digits. */
  private static String timestamp(Object o) {
    return switch (o) {
      case LocalDate d -> d.toString();
      case LocalTime t -> time(t);
      case LocalDateTime t -> t.toLocalDate() + "T" + time(t.toLocalTime());
      case OffsetDateTime t ->
          t.toLocalDate() + "T" + time(t.toLocalTime()) + t.getOffset().getId();
      default -> throw new IllegalStateException("TOML has no " + o.getClass());
    };
  }

  private static String time(LocalTime t) {
    String seconds = String.format("%02d:%02d:%02d", t.getHour(), t.getMinute(), t.getSecond());
    int nanos = t.getNano();
    if (nanos == 0) {
      return seconds;
    }
    String fraction = String.format("%09d", nanos);
    int digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9;
    return seconds + "." + fraction.substring(0, digits);
  }

  /** An integer out of range in toml11's words, anything else in the parser's own. */
  private static EvalException fault(TomlParseError e, String octets) {
    if (!e.getMessage().startsWith("Integer is too")) {
      return EvalException.other("while parsing TOML: " + Octets.fromText(e.toString()));
    }
    String line = octets.split("\n", -1)[e.position().line() - 1];
    int begin = e.position().column() - 1;
    int end = begin;
    while (end < line.length() && "+-_0123456789abcdefABCDEFxob".indexOf(line.charAt(end)) >= 0) {
      end++;
    }
    String before =
        end > EXCERPT ? "... " + line.substring(end - EXCERPT, end) : line.substring(0, end);
    String after =
        line.length() - end > EXCERPT
            ? line.substring(end, end + EXCERPT) + " ..."
            : line.substring(end);
    String number = Integer.toString(e.position().line());
    String margin = " ".repeat(number.length() + 1) + " | ";
    return EvalException.other(
        "while parsing TOML: [error] toml::"
            + parser(line.substring(begin, end))
            + " = 2^63\n --> fromTOML\n"
            + margin.stripTrailing()
            + "\n "
            + number
            + " | "
            + before
            + after
            + "\n"
            + margin
            + " ".repeat(before.length())
            + "^-- must be < 2^63\n");
  }

  private static String parser(String integer) {
    String words = ": too large integer: current max ";
    return switch (integer.length() > 1 ? integer.charAt(1) : ' ') {
      case 'x' -> "parse_hex_integer" + words + "value";
      case 'o' -> "parse_oct_integer" + words + "value";
      case 'b' -> "parse_bin_integer" + words + "value";
      default -> "parse_dec_integer" + words + "digits";
    };
  }
}
