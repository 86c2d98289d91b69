package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;

/**
 * JSON as values. Of a name that occurs twice the last value counts. Source: RFC 8259; numbers as
 * Nix reads them: whole numbers that fit 64 bits are integers, others floats.
 */
final class JsonReader {
  private static final int MAX_DEPTH = 10_000;

  private final Evaluator ev;
  private final String s;
  private int i;
  private int depth;

  JsonReader(Evaluator ev, String text) {
    this.ev = ev;
    this.s = text;
  }

  Value read() {
    try {
      Value v = value();
      space();
      if (i < s.length()) {
        throw unexpected("end of input");
      }
      return v;
    } catch (SyntaxFault e) {
      throw EvalException.other(e.getMessage()).trace(Pos.NONE, "while decoding a JSON string");
    }
  }

  /** A text that is no JSON; what is JSON but no Nix value is an {@link EvalException}. */
  private static final class SyntaxFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    SyntaxFault(String message) {
      super(message, null, false, false);
    }
  }

  private SyntaxFault unexpected(String expected) {
    int line = 1;
    int column = 1;
    for (int k = 0; k < Math.min(i, s.length()); k++) {
      if (s.charAt(k) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    String found = i >= s.length() ? "unexpected end of input" : "unexpected '" + s.charAt(i) + "'";
    return new SyntaxFault(
        "[json.exception.parse_error.101] parse error at line "
            + line
            + ", column "
            + column
            + ": syntax error while parsing value - "
            + found
            + "; expected "
            + expected);
  }

  private void space() {
    while (i < s.length() && " \t\r\n".indexOf(s.charAt(i)) >= 0) {
      i++;
    }
  }

  private Value value() {
    EvalThread.poll();
    space();
    if (++depth > MAX_DEPTH) {
      throw EvalException.other("JSON is nested more than " + MAX_DEPTH + " deep");
    }
    char c = i < s.length() ? s.charAt(i) : 0;
    Value v =
        switch (c) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> new Str(string());
          case 't' -> word("true", Value.Bool.TRUE);
          case 'f' -> word("false", Value.Bool.FALSE);
          case 'n' -> word("null", Value.Null.NULL);
          default -> number();
        };
    depth--;
    return v;
  }

  private Value word(String word, Value v) {
    if (!s.startsWith(word, i)) {
      throw unexpected("'" + word + "'");
    }
    i += word.length();
    return v;
  }

  private Value object() {
    i++;
    Map<String, Value> members = new LinkedHashMap<>();
    space();
    if (i < s.length() && s.charAt(i) == '}') {
      i++;
      return Attrs.EMPTY;
    }
    while (true) {
      space();
      if (i >= s.length() || s.charAt(i) != '"') {
        throw unexpected("string literal");
      }
      String key = string();
      space();
      expect(':');
      members.put(key, value());
      space();
      if (i < s.length() && s.charAt(i) == ',') {
        i++;
      } else {
        expect('}');
        break;
      }
    }
    Attrs.Builder b = new Attrs.Builder(members.size());
    members.forEach((k, v) -> b.put(ev.symbols().of(k), v));
    return b.build();
  }

  private Value array() {
    i++;
    List<Value> elements = new ArrayList<>();
    space();
    if (i < s.length() && s.charAt(i) == ']') {
      i++;
      return Value.List.EMPTY;
    }
    while (true) {
      elements.add(value());
      space();
      if (i < s.length() && s.charAt(i) == ',') {
        i++;
      } else {
        expect(']');
        return Value.List.of(elements);
      }
    }
  }

  private void expect(char c) {
    if (i >= s.length() || s.charAt(i) != c) {
      throw unexpected("'" + c + "'");
    }
    i++;
  }

  private Value number() {
    int start = i;
    if (i < s.length() && s.charAt(i) == '-') {
      i++;
    }
    int whole = i;
    digits();
    if (s.charAt(whole) == '0' && i > whole + 1) {
      i = whole + 1;
      throw unexpected("end of number");
    }
    boolean real = false;
    if (i < s.length() && s.charAt(i) == '.') {
      real = true;
      i++;
      digits();
    }
    if (i < s.length() && (s.charAt(i) == 'e' || s.charAt(i) == 'E')) {
      real = true;
      i++;
      if (i < s.length() && (s.charAt(i) == '+' || s.charAt(i) == '-')) {
        i++;
      }
      digits();
    }
    String text = s.substring(start, i);
    if (!real) {
      try {
        return Value.Int.of(Long.parseLong(text));
      } catch (NumberFormatException e) {
        return unsigned(text);
      }
    }
    return real(text);
  }

  private Value unsigned(String text) {
    try {
      long bits = Long.parseUnsignedLong(text);
      throw EvalException.other(
          "unsigned json number " + Long.toUnsignedString(bits) + " outside of Nix integer range");
    } catch (NumberFormatException e) {
      return real(text);
    }
  }

  private Value real(String text) {
    double d = Double.parseDouble(text);
    if (Double.isInfinite(d)) {
      throw EvalException.other(
          "[json.exception.out_of_range.406] number overflow parsing '" + text + "'");
    }
    return new Value.Float(d);
  }

  private void digits() {
    int start = i;
    while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
      i++;
    }
    if (i == start) {
      throw unexpected("a digit");
    }
  }

  private String string() {
    i++;
    StringBuilder b = new StringBuilder();
    while (true) {
      if (i >= s.length()) {
        throw unexpected("'\"'");
      }
      char c = s.charAt(i);
      if (c == '"') {
        i++;
        break;
      }
      if (c == '\\') {
        i++;
        escape(b);
      } else if (c < 0x20) {
        throw unexpected("a character of a string");
      } else {
        int n = Utf8.sequence(s, i);
        if (n == 0) {
          throw unexpected("well-formed UTF-8");
        }
        b.append(s, i, i + n);
        i += n;
      }
    }
    if (b.indexOf("\0") >= 0) {
      throw EvalException.other(
          "input string '"
              + b.toString().replace("\0", Octets.fromText("␀"))
              + "' cannot be represented as Nix string because it contains null bytes");
    }
    return b.toString();
  }

  private void escape(StringBuilder b) {
    char c = i < s.length() ? s.charAt(i) : 0;
    i++;
    switch (c) {
      case '"', '\\', '/' -> b.append(c);
      case 'b' -> b.append('\b');
      case 'f' -> b.append('\f');
      case 'n' -> b.append('\n');
      case 'r' -> b.append('\r');
      case 't' -> b.append('\t');
      case 'u' -> {
        int unit = hex();
        if (unit >= 0xd800 && unit < 0xdc00) {
          if (!s.startsWith("\\u", i)) {
            throw unexpected("the second half of a surrogate pair");
          }
          i += 2;
          int low = hex();
          if (low < 0xdc00 || low > 0xdfff) {
            throw unexpected("the second half of a surrogate pair");
          }
          unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        } else if (unit >= 0xdc00 && unit < 0xe000) {
          throw unexpected("the first half of a surrogate pair");
        }
        b.append(Octets.fromText(Character.toString(unit)));
      }
      default -> {
        i--;
        throw unexpected("an escape");
      }
    }
  }

  private int hex() {
    if (i + 4 > s.length()) {
      throw unexpected("four hexadecimal digits");
    }
    int n = 0;
    for (int k = 0; k < 4; k++) {
      int d = Character.digit(s.charAt(i), 16);
      if (d < 0) {
        throw unexpected("four hexadecimal digits");
      }
      n = n * 16 + d;
      i++;
    }
    return n;
  }
}
