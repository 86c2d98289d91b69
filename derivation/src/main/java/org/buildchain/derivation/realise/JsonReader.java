package org.buildchain.derivation.realise;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/** Reads JSON (RFC 8259) from an octet string. */
final class JsonReader {
  /** How deeply values may be nested: readers and writers use the thread's stack. */
  private static final int MAX_DEPTH = 500;

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

  private final String what;
  private final String text;
  private int at;

  private JsonReader(String what, String text) {
    this.what = what;
    this.text = text;
  }

  /**
   * @param what names the text in errors
   */
  static Json read(String what, String text) {
    JsonReader reader = new JsonReader(what, text);
    Json value = reader.value(0);
    reader.space();
    if (reader.at != text.length()) {
      throw reader.wrong("expected the end of the text");
    }
    return value;
  }

  private Json value(int depth) {
    if (depth > MAX_DEPTH) {
      throw wrong("values are nested more than " + MAX_DEPTH + " deep");
    }
    space();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Json.Str(string());
      case 't' -> word("true", new Json.Bool(true));
      case 'f' -> word("false", new Json.Bool(false));
      case 'n' -> word("null", new Json.Null());
      default -> number();
    };
  }

  private Json object(int depth) {
    at++;
    SortedMap<String, Json> members = new TreeMap<>();
    space();
    if (peek() == '}') {
      at++;
      return new Json.Obj(members);
    }
    while (true) {
      space();
      String key = string();
      space();
      expect(':');
      members.put(key, value(depth + 1));
      space();
      if (peek() == '}') {
        at++;
        return new Json.Obj(members);
      }
      expect(',');
    }
  }

  private Json array(int depth) {
    at++;
    List<Json> elements = new ArrayList<>();
    space();
    if (peek() == ']') {
      at++;
      return new Json.Arr(elements);
    }
    while (true) {
      elements.add(value(depth + 1));
      space();
      if (peek() == ']') {
        at++;
        return new Json.Arr(elements);
      }
      expect(',');
    }
  }

  private Json number() {
    Matcher m = NUMBER.matcher(text).region(at, text.length());
    if (!m.lookingAt()) {
      throw wrong("expected a JSON value");
    }
    at = m.end();
    return new Json.Num(m.group());
  }

  private Json word(String word, Json value) {
    if (!text.startsWith(word, at)) {
      throw wrong("expected '" + word + "'");
    }
    at += word.length();
    return value;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      int c = next();
      if (c == '"') {
        return out.toString();
      }
      if (c < 0x20) {
        throw wrong("unescaped control character in a string");
      }
      if (c != '\\') {
        out.append((char) c);
        continue;
      }
      switch (next()) {
        case '"' -> out.append('"');
        case '\\' -> out.append('\\');
        case '/' -> out.append('/');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> out.append(Octets.fromText(escaped()));
        default -> throw wrong("unknown escape in a string");
      }
    }
  }

  private String escaped() {
    char first = (char) hex();
    if (!Character.isSurrogate(first)) {
      return String.valueOf(first);
    }
    if (Character.isHighSurrogate(first) && text.startsWith("\\u", at)) {
      at += 2;
      char second = (char) hex();
      if (Character.isLowSurrogate(second)) {
        return new String(new char[] {first, second});
      }
    }
    throw wrong("half of a surrogate pair in a string");
  }

  private int hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw wrong("expected four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private void space() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private int peek() {
    return at < text.length() ? text.charAt(at) : -1;
  }

  private int next() {
    if (at >= text.length()) {
      throw wrong("unexpected end");
    }
    return text.charAt(at++);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("expected '" + c + "'");
    }
    at++;
  }

  private FormatException wrong(String problem) {
    return new FormatException(what, at, problem);
  }
}
