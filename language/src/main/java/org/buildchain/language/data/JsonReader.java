package org.buildchain.language.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.buildchain.language.data.JsonLexer.Token;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
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
public final class JsonReader {
  private static final int MAX_DEPTH = 10_000;
  private static final String VALUE = "value";

  private final Evaluator ev;
  private final String octets;
  private JsonLexer in;
  private int depth;

  /** Reads one text, UTF-8 as an octet string. */
  public JsonReader(Evaluator ev, String octets) {
    this.ev = ev;
    this.octets = octets;
  }

  /**
   * The value. Called once, on an evaluator's thread.
   *
   * @throws EvalException if the text is not JSON, goes on behind a value, or is nested more than
   *     {@value #MAX_DEPTH} deep
   */
  public Value read() {
    try {
      in = new JsonLexer(octets);
      in.scan(VALUE);
      Value v = value();
      if (in.scan(VALUE, Token.END) != Token.END) {
        throw in.unexpected(Token.END);
      }
      return v;
    } catch (JsonLexer.SyntaxFault e) {
      throw EvalException.other(e.getMessage()).trace(Pos.NONE, "while decoding a JSON string");
    }
  }

  /** The value that begins with the last token. */
  private Value value() {
    EvalThread.poll();
    if (++depth > MAX_DEPTH) {
      throw EvalException.other("JSON is nested more than " + MAX_DEPTH + " deep");
    }
    Value v =
        switch (in.token()) {
          case BEGIN_OBJECT -> object();
          case BEGIN_ARRAY -> array();
          case STRING -> new Str(string());
          case TRUE -> Value.Bool.TRUE;
          case FALSE -> Value.Bool.FALSE;
          case NULL -> Value.Null.NULL;
          case INTEGER -> integer(in.text());
          case REAL -> real(in.text());
          default -> throw in.unexpected(Token.VALUE);
        };
    depth--;
    return v;
  }

  private Value object() {
    Map<String, Value> members = new LinkedHashMap<>();
    String key = "object key";
    if (in.scan(key, Token.STRING) == Token.END_OBJECT) {
      return Attrs.EMPTY;
    }
    while (true) {
      expect(Token.STRING);
      String name = string();
      in.scan("object separator", Token.COLON);
      expect(Token.COLON);
      in.scan(VALUE);
      members.put(name, value());
      if (in.scan("object", Token.END_OBJECT) != Token.COMMA) {
        expect(Token.END_OBJECT);
        break;
      }
      in.scan(key, Token.STRING);
    }
    Attrs.Builder b = new Attrs.Builder(members.size());
    members.forEach((k, v) -> b.put(ev.symbols().of(k), v));
    return b.build();
  }

  private Value array() {
    if (in.scan(VALUE) == Token.END_ARRAY) {
      return Value.List.EMPTY;
    }
    List<Value> elements = new ArrayList<>();
    while (true) {
      elements.add(value());
      if (in.scan("array", Token.END_ARRAY) != Token.COMMA) {
        expect(Token.END_ARRAY);
        return Value.List.of(elements);
      }
      in.scan(VALUE);
    }
  }

  private void expect(Token wanted) {
    if (in.token() != wanted) {
      throw in.unexpected(wanted);
    }
  }

  private Value integer(String text) {
    try {
      return Value.Int.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return unsigned(text);
    }
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
      throw new JsonLexer.SyntaxFault(
          "[json.exception.out_of_range.406] number overflow parsing '" + text + "'");
    }
    return new Value.Float(d);
  }

  private String string() {
    String text = in.text();
    if (text.indexOf('\0') >= 0) {
      throw EvalException.other(
          "input string '"
              + text.replace("\0", Octets.fromText("␀"))
              + "' cannot be represented as Nix string because it contains null bytes");
    }
    return text;
  }
}
