package org.buildchain.language.data;

import java.util.Locale;
import org.buildchain.store.format.Octets;

/**
 * The tokens of a JSON text, one after the other. What is wrong is said, and where, as the library
 * of Nix says it (nlohmann/json, {@code detail/input/lexer.hpp}).
 */
final class JsonLexer {
  /** Kinds of tokens, with their names in messages. */
  enum Token {
    TRUE("true literal"),
    FALSE("false literal"),
    NULL("null literal"),
    STRING("string literal"),
    INTEGER("number literal"),
    REAL("number literal"),
    BEGIN_ARRAY("'['"),
    BEGIN_OBJECT("'{'"),
    END_ARRAY("']'"),
    END_OBJECT("'}'"),
    COLON("':'"),
    COMMA("','"),
    END("end of input"),
    VALUE("'[', '{', or a literal");

    private final String shown;
    private final String wanted;

    Token(String shown) {
      this.shown = shown;
      this.wanted = "; expected " + shown;
    }
  }

  /** A text that is no JSON; what is JSON but no Nix value is another failure. */
  static final class SyntaxFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    SyntaxFault(String message) {
      super(message, null, false, false);
    }
  }

  private static final int EOF = -1;
  private static final String[] CONTROLS = {
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
    "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US"
  };

  private final String s;

  /** Where the next character stands, and where the last string or number began. */
  private int next;

  private int start;
  private boolean ended;
  private String context = "value";
  private String wanted = "";
  private String text = "";
  private Token token = Token.END;

  JsonLexer(String octets) {
    s = octets;
    if (s.startsWith("\u00ef")) {
      get();
      if (get() != 0xbb || get() != 0xbf) {
        throw bad("invalid BOM; must be 0xEF 0xBB 0xBF if given");
      }
    }
  }

  /** The last token. */
  Token token() {
    return token;
  }

  /** The content of the last token, if it is a string or a number. */
  String text() {
    return text;
  }

  private int get() {
    if (next >= s.length()) {
      ended = true;
      return EOF;
    }
    return s.charAt(next++);
  }

  private void unget() {
    if (ended) {
      ended = false;
    } else {
      next--;
    }
  }

  /**
   * Reads the next token.
   *
   * @param reading what is being read, as messages call it
   */
  Token scan(String reading) {
    return scan(reading, "");
  }

  /**
   * Reads the next token.
   *
   * @param expected the token that must stand here; where none does the message says so
   */
  Token scan(String reading, Token expected) {
    return scan(reading, expected.wanted);
  }

  private Token scan(String reading, String expected) {
    context = reading;
    wanted = expected;
    int c = get();
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      c = get();
    }
    token =
        switch (c) {
          case '[' -> Token.BEGIN_ARRAY;
          case ']' -> Token.END_ARRAY;
          case '{' -> Token.BEGIN_OBJECT;
          case '}' -> Token.END_OBJECT;
          case ':' -> Token.COLON;
          case ',' -> Token.COMMA;
          case 't' -> word("true", Token.TRUE);
          case 'f' -> word("false", Token.FALSE);
          case 'n' -> word("null", Token.NULL);
          case '"' -> string();
          case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(c);
          case EOF -> Token.END;
          default -> throw bad("invalid literal");
        };
    return token;
  }

  private Token word(String word, Token meant) {
    for (int i = 1; i < word.length(); i++) {
      if (get() != word.charAt(i)) {
        throw bad("invalid literal");
      }
    }
    return meant;
  }

  private Token number(int first) {
    start = next - 1;
    int from = start;
    int c = first;
    boolean real = false;
    if (c == '-') {
      c = get();
      if (!digit(c)) {
        throw bad("invalid number; expected digit after '-'");
      }
    }
    c = c == '0' ? get() : digits();
    if (c == '.') {
      real = true;
      if (!digit(get())) {
        throw bad("invalid number; expected digit after '.'");
      }
      c = digits();
    }
    if (c == 'e' || c == 'E') {
      real = true;
      c = get();
      if (c == '+' || c == '-') {
        if (!digit(get())) {
          throw bad("invalid number; expected digit after exponent sign");
        }
      } else if (!digit(c)) {
        throw bad("invalid number; expected '+', '-', or digit after exponent");
      }
      digits();
    }
    unget();
    text = s.substring(from, next);
    return real ? Token.REAL : Token.INTEGER;
  }

  /** Reads over digits; gives what follows them. */
  private int digits() {
    int c = get();
    while (digit(c)) {
      c = get();
    }
    return c;
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private Token string() {
    start = next - 1;
    StringBuilder b = new StringBuilder();
    while (true) {
      int c = get();
      if (c == '"') {
        text = b.toString();
        return Token.STRING;
      } else if (c == EOF) {
        throw bad("invalid string: missing closing quote");
      } else if (c == '\\') {
        escape(b);
      } else if (c < 0x20) {
        throw bad(control(c));
      } else if (c < 0x80) {
        b.append((char) c);
      } else {
        sequence(b, c);
      }
    }
  }

  private static String control(int c) {
    String code = String.format(Locale.ROOT, "%04X", c);
    int named = "\b\t\n\f\r".indexOf(c);
    return "invalid string: control character U+"
        + code
        + " ("
        + CONTROLS[c]
        + ") must be escaped to \\u"
        + code
        + (named < 0 ? "" : " or \\" + "btnfr".charAt(named));
  }

  /** The rest of a character of several bytes. */
  private void sequence(StringBuilder b, int first) {
    b.append((char) first);
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    boolean good = first >= 0xc2 && first <= 0xf4;
    for (int i = 0; good && i < more; i++) {
      int c = get();
      int low = i > 0 ? 0x80 : first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
      int high = i > 0 ? 0xbf : first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
      good = c >= low && c <= high;
      b.append((char) c);
    }
    if (!good) {
      throw bad("invalid string: ill-formed UTF-8 byte");
    }
  }

  private void escape(StringBuilder b) {
    int c = get();
    switch (c) {
      case '"', '\\', '/' -> b.append((char) c);
      case 'b' -> b.append('\b');
      case 'f' -> b.append('\f');
      case 'n' -> b.append('\n');
      case 'r' -> b.append('\r');
      case 't' -> b.append('\t');
      case 'u' -> b.append(Octets.fromText(Character.toString(character())));
      default -> throw bad("invalid string: forbidden character after backslash");
    }
  }

  private int character() {
    int unit = unit();
    if (unit >= 0xd800 && unit < 0xdc00) {
      if (get() != '\\' || get() != 'u') {
        throw unpaired();
      }
      int low = unit();
      if (low < 0xdc00 || low > 0xdfff) {
        throw unpaired();
      }
      return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    if (unit >= 0xdc00 && unit < 0xe000) {
      throw bad("invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF");
    }
    return unit;
  }

  private SyntaxFault unpaired() {
    return bad("invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF");
  }

  private int unit() {
    int n = 0;
    for (int k = 0; k < 4; k++) {
      int c = get();
      int d = c < 0x80 ? Character.digit(c, 16) : -1;
      if (d < 0) {
        throw bad("invalid string: '\\u' must be followed by 4 hex digits");
      }
      n = n * 16 + d;
    }
    return n;
  }

  /** No token. */
  private SyntaxFault bad(String problem) {
    StringBuilder read = new StringBuilder();
    for (char c : s.substring(start, next).toCharArray()) {
      read.append(c < 0x20 ? String.format(Locale.ROOT, "<U+%04X>", (int) c) : c);
    }
    return fault(problem + "; last read: '" + read + "'" + wanted);
  }

  /** The last token is not the one that must stand there. */
  SyntaxFault unexpected(Token expected) {
    return token == Token.END && s.isEmpty()
        ? located(
            "attempting to parse an empty input; check that your input string or stream contains"
                + " the expected JSON")
        : fault("unexpected " + token.shown + expected.wanted);
  }

  private SyntaxFault fault(String problem) {
    return located("syntax error while parsing " + context + " - " + problem);
  }

  private SyntaxFault located(String problem) {
    int line = 1;
    int column = ended ? 1 : 0;
    for (int k = 0; k < next; k++) {
      if (s.charAt(k) == '\n') {
        line++;
        column = ended ? 1 : 0;
      } else {
        column++;
      }
    }
    return new SyntaxFault(
        "[json.exception.parse_error.101] parse error at line "
            + line
            + ", column "
            + column
            + ": "
            + problem);
  }
}
