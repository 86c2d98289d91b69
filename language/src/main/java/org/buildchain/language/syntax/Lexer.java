package org.buildchain.language.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.Octets;

/**
 * Cuts a text into tokens. Strings, indented strings and paths may hold expressions, so the lexer
 * keeps a stack of what it is in. Longest match wins, as in {@code lexer.l}.
 */
final class Lexer {
  private enum Mode {
    CODE,
    STRING,
    IND_STRING,
    PATH,
    PATH_SLASH
  }

  private static final Map<String, TokenKind> KEYWORDS =
      Map.of(
          "if", TokenKind.IF,
          "then", TokenKind.THEN,
          "else", TokenKind.ELSE,
          "assert", TokenKind.ASSERT,
          "with", TokenKind.WITH,
          "let", TokenKind.LET,
          "in", TokenKind.IN,
          "rec", TokenKind.REC,
          "inherit", TokenKind.INHERIT,
          "or", TokenKind.OR_KW);

  private static final int LONGEST_KEYWORD = 7;
  private static final String KEYWORD_STARTS = "itealwro";

  private final String text;
  private final byte[] s;
  private final boolean pipes;
  private final Deque<Mode> modes = new ArrayDeque<>();
  private final List<Token> out;
  private int i;

  /**
   * A lexer at the start of {@code text}.
   *
   * @param out gets the tokens; the last is {@link TokenKind#END} or {@link TokenKind#FAULT}
   */
  Lexer(String text, boolean pipes, List<Token> out) {
    this.text = text;
    this.s = Octets.bytes(text);
    this.pipes = pipes;
    this.out = out;
    modes.push(Mode.CODE);
  }

  /** Goes on a little; whether there is more. */
  boolean step() {
    return switch (modes.element()) {
      case CODE -> code();
      case STRING -> string();
      case IND_STRING -> indentedString();
      case PATH, PATH_SLASH -> path();
    };
  }

  private int at(int k) {
    return Chars.at(s, k);
  }

  private boolean add(TokenKind kind, int start, int end) {
    out.add(new Token(kind, start, end));
    i = end;
    return true;
  }

  private boolean add(TokenKind kind, int start, int end, String text) {
    out.add(new Token(kind, start, end, text));
    i = end;
    return true;
  }

  private boolean fault(int start, String message) {
    out.add(new Token(TokenKind.FAULT, start, start, message));
    return false;
  }

  private boolean end() {
    // Right after a path Nix names that as the place.
    boolean path =
        !out.isEmpty()
            && out.getLast().kind() == TokenKind.PATH_END
            && out.getLast().end() == s.length;
    int start = path ? out.get(Math.max(0, out.size() - 2)).start() : s.length;
    out.add(new Token(TokenKind.END, start, s.length));
    return false;
  }

  private boolean code() {
    int start = i;
    int c = at(i);
    switch (c) {
      case -1:
        return end();
      case ' ', '\t', '\r', '\n', '#':
        blank();
        return true;
      case '"':
        modes.push(Mode.STRING);
        return add(TokenKind.QUOTE, start, start + 1);
      case '{':
        modes.push(Mode.CODE);
        return add(TokenKind.CURLY_OPEN, start, start + 1);
      case '}':
        if (modes.size() > 1) {
          modes.pop();
        }
        return add(TokenKind.CURLY_CLOSE, start, start + 1);
      default:
        break;
    }
    if (c == '/' && at(i + 1) == '*') {
      int close = text.indexOf("*/", i + 2);
      if (close >= 0) {
        i = close + 2;
        return true;
      }
    }
    if (c == '$' && at(i + 1) == '{') {
      modes.push(Mode.CODE);
      return add(TokenKind.DOLLAR_CURLY, start, start + 2);
    }
    if (c == '\'' && at(i + 1) == '\'') {
      int k = i + 2;
      while (at(k) == ' ') {
        k++;
      }
      modes.push(Mode.IND_STRING);
      return add(TokenKind.IND_OPEN, start, at(k) == '\n' ? k + 1 : i + 2);
    }
    return longest(start, c);
  }

  /** Leaves white space and comments to the end of their lines behind. */
  private void blank() {
    int k = i;
    boolean comment = false;
    for (; k < s.length; k++) {
      byte c = s[k];
      if (c == '\n' || c == '\r') {
        comment = false;
      } else if (c == '#') {
        comment = true;
      } else if (!comment && c != ' ' && c != '\t') {
        break;
      }
    }
    i = k;
  }

  /** The tokens whose rules compete by length: words, numbers, paths, URIs, operators. */
  private boolean longest(int start, int c) {
    // Nearly all tokens are these two: nothing else can begin so, or be longer.
    switch (c) {
      case ';', '=', '(', ')', '[', ']', ',', '?', '@', ':' -> {
        return operator(start, operatorLength(start));
      }
      default -> {}
    }
    int word = Chars.wordEnd(s, start);
    if (word > 0) {
      // A path or URI would have a slash or colon there: what they begin with are path characters.
      int after = at(Chars.pathCharsEnd(s, word));
      if (after != '/' && after != ':') {
        return word(start, word);
      }
    }
    int number = Chars.digitsEnd(s, start);
    int real = Chars.floatEnd(s, start);
    int path = Chars.pathEnd(s, start);
    int segment = Chars.segmentEnd(s, start);
    int home = c == '~' ? Chars.slashedEnd(s, start + 1) : -1;
    int uri = Chars.uriEnd(s, start);
    int search = c == '<' ? Chars.searchPathEnd(s, start) : -1;
    int op = operatorLength(start);
    int best =
        Math.max(
            Math.max(Math.max(word, number), Math.max(real, path)),
            Math.max(Math.max(home, uri), search));
    best = Math.max(best, start + op);
    // The rules for a path that goes on with ${ see one byte pair further than what they consume.
    if (segment > 0 && segment + 2 >= best) {
      modes.push(Mode.PATH_SLASH);
      return add(TokenKind.PATH, start, segment, text.substring(start, segment));
    }
    if (c == '~' && at(start + 1) == '/' && at(start + 2) == '$' && at(start + 3) == '{') {
      modes.push(Mode.PATH_SLASH);
      return add(TokenKind.HOME_PATH, start, start + 2, "~/");
    }
    if (op > 0 && start + op == best) {
      return operator(start, op);
    }
    if (word == best) {
      return word(start, word);
    }
    if (number == best) {
      return integer(start, number);
    }
    if (real == best) {
      return add(TokenKind.FLOAT, start, real, text.substring(start, real));
    }
    if (path == best || home == best) {
      modes.push(at(best - 1) == '/' ? Mode.PATH_SLASH : Mode.PATH);
      return add(
          path == best ? TokenKind.PATH : TokenKind.HOME_PATH,
          start,
          best,
          text.substring(start, best));
    }
    if (search == best) {
      return add(TokenKind.SEARCH_PATH, start, best, text.substring(start + 1, best - 1));
    }
    if (uri == best) {
      return add(TokenKind.URI, start, best, text.substring(start, best));
    }
    return add(TokenKind.OTHER, start, start + 1, text.substring(start, start + 1));
  }

  private boolean word(int start, int end) {
    String id = text.substring(start, end);
    // Most words are longer, or begin with another letter.
    boolean maybe = end - start <= LONGEST_KEYWORD && KEYWORD_STARTS.indexOf(s[start]) >= 0;
    TokenKind keyword = maybe ? KEYWORDS.get(id) : null;
    return add(keyword == null ? TokenKind.ID : keyword, start, end, id);
  }

  private boolean integer(int start, int end) {
    String digits = text.substring(start, end);
    try {
      Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return fault(start, "invalid integer '" + digits + "'");
    }
    return add(TokenKind.INT, start, end, digits);
  }

  private int operatorLength(int k) {
    int c = at(k);
    int d = at(k + 1);
    return switch (c) {
      case '.' -> d == '.' && at(k + 2) == '.' ? 3 : 1;
      case '=' -> d == '=' ? 2 : 1;
      case '!' -> d == '=' ? 2 : 1;
      case '<' -> d == '=' || d == '|' ? 2 : 1;
      case '>' -> d == '=' ? 2 : 1;
      case '&' -> d == '&' ? 2 : 0;
      case '|' -> d == '|' || d == '>' ? 2 : 0;
      case '-' -> d == '>' ? 2 : 1;
      case '/' -> d == '/' ? 2 : 1;
      case '+' -> d == '+' ? 2 : 1;
      case '*', '?', ':', '@', ';', '(', ')', '[', ']', ',' -> 1;
      default -> 0;
    };
  }

  private static TokenKind single(byte c) {
    return switch (c) {
      case '<' -> TokenKind.LESS;
      case '>' -> TokenKind.GREATER;
      case '!' -> TokenKind.NOT;
      case '+' -> TokenKind.PLUS;
      case '-' -> TokenKind.MINUS;
      case '*' -> TokenKind.STAR;
      case '/' -> TokenKind.SLASH;
      case '?' -> TokenKind.QUESTION;
      case ':' -> TokenKind.COLON;
      case '@' -> TokenKind.AT;
      case ';' -> TokenKind.SEMICOLON;
      case '(' -> TokenKind.PAREN_OPEN;
      case ')' -> TokenKind.PAREN_CLOSE;
      case '[' -> TokenKind.BRACKET_OPEN;
      case ']' -> TokenKind.BRACKET_CLOSE;
      case '=' -> TokenKind.ASSIGN;
      case ',' -> TokenKind.COMMA;
      default -> TokenKind.DOT;
    };
  }

  private static TokenKind pair(byte c, byte d) {
    return switch (c) {
      case '=' -> TokenKind.EQ;
      case '!' -> TokenKind.NEQ;
      case '<' -> d == '=' ? TokenKind.LEQ : TokenKind.PIPE_FROM;
      case '>' -> TokenKind.GEQ;
      case '&' -> TokenKind.AND;
      case '|' -> d == '|' ? TokenKind.OR : TokenKind.PIPE_INTO;
      case '-' -> TokenKind.IMPL;
      case '/' -> TokenKind.UPDATE;
      default -> TokenKind.CONCAT;
    };
  }

  private boolean operator(int start, int length) {
    TokenKind kind =
        length == 1
            ? single(s[start])
            : length == 2 ? pair(s[start], s[start + 1]) : TokenKind.ELLIPSIS;
    if ((kind == TokenKind.PIPE_FROM || kind == TokenKind.PIPE_INTO) && !pipes) {
      return fault(
          start,
          "experimental Nix feature 'pipe-operators' is disabled; add"
              + " '--extra-experimental-features pipe-operators' to enable it");
    }
    return add(kind, start, start + length);
  }

  private boolean string() {
    int start = i;
    if (i >= s.length) {
      return end();
    }
    if (s[i] == '"') {
      modes.pop();
      return add(TokenKind.QUOTE, start, start + 1);
    }
    if (s[i] == '$' && at(i + 1) == '{') {
      modes.push(Mode.CODE);
      return add(TokenKind.DOLLAR_CURLY, start, start + 2);
    }
    int k = i;
    while (k < s.length && isPlain(s[k])) {
      k++;
    }
    if (at(k) == '"' || (at(k) == '$' && at(k + 1) == '{')) {
      return add(TokenKind.STR, start, k, text.substring(start, k));
    }
    StringBuilder b = new StringBuilder(text.substring(start, k));
    while (k < s.length) {
      char c = text.charAt(k);
      if (c == '"' || (c == '$' && at(k + 1) == '{')) {
        break;
      }
      if (c == '\\') {
        if (k + 1 >= s.length) {
          i = s.length;
          return end();
        }
        b.append(Chars.unescape(text.charAt(k + 1)));
        k += 2;
      } else if (c == '\r') {
        b.append('\n');
        k += at(k + 1) == '\n' ? 2 : 1;
      } else if (c == '$' && at(k + 1) == '$') {
        // "$$" consumes both, so that "$${" does not begin an interpolation.
        b.append("$$");
        k += 2;
      } else {
        b.append(c);
        k++;
      }
    }
    if (b.indexOf("\0") >= 0) {
      return fault(start, nullByte(b.toString()));
    }
    return add(TokenKind.STR, start, k, b.toString());
  }

  /** Whether a byte stands for itself in a string, whatever follows. */
  private static boolean isPlain(byte c) {
    return c != '"' && c != '$' && c != '\\' && c != '\r' && c != 0;
  }

  private boolean indentedString() {
    int start = i;
    if (i >= s.length) {
      return end();
    }
    byte c = s[i];
    if (c == '$' && at(i + 1) == '{') {
      modes.push(Mode.CODE);
      return add(TokenKind.DOLLAR_CURLY, start, start + 2);
    }
    if (c == '\'' && at(i + 1) == '\'') {
      int d = at(i + 2);
      if (d == '$') {
        return add(TokenKind.IND_STR, start, start + 3, "$");
      }
      if (d == '\'') {
        return add(TokenKind.IND_STR, start, start + 3, "''");
      }
      if (d == '\\' && i + 3 < s.length) {
        return add(
            TokenKind.IND_STR,
            start,
            start + 4,
            String.valueOf(Chars.unescape(text.charAt(i + 3))));
      }
      modes.pop();
      return add(TokenKind.IND_CLOSE, start, start + 2);
    }
    int k = i;
    while (k < s.length) {
      byte x = s[k];
      int y = at(k + 1);
      if (x == '$') {
        if (y == '{' || y == '\'' || y < 0) {
          break;
        }
        k += 2;
      } else if (x == '\'') {
        if (y == '\'' || y == '$' || y < 0) {
          break;
        }
        k += 2;
      } else {
        k++;
      }
    }
    if (k == i) {
      return add(TokenKind.IND_STR, start, start + 1, text.substring(start, start + 1));
    }
    String part = text.substring(i, k);
    if (part.indexOf('\0') >= 0) {
      return fault(start, nullByte(part));
    }
    out.add(new Token(TokenKind.IND_STR, start, k, part, true));
    i = k;
    return true;
  }

  private static String nullByte(String part) {
    return "input string '"
        + part.replace("\0", Octets.fromText("␀"))
        + "' cannot be represented as Nix string because it contains null bytes";
  }

  /** Inside a path, after a part of it. */
  private boolean path() {
    int start = i;
    if (at(i) == '$' && at(i + 1) == '{') {
      modes.pop();
      modes.push(Mode.PATH);
      modes.push(Mode.CODE);
      return add(TokenKind.DOLLAR_CURLY, start, start + 2);
    }
    int chars = Chars.pathCharsEnd(s, i);
    int whole = Chars.pathEnd(s, i);
    int k = Math.max(chars, whole);
    if (at(chars) == '/') {
      k = Math.max(k, chars + 1);
    }
    if (k > i) {
      modes.pop();
      modes.push(s[k - 1] == '/' ? Mode.PATH_SLASH : Mode.PATH);
      return add(TokenKind.STR, start, k, text.substring(start, k));
    }
    if (modes.element() == Mode.PATH_SLASH) {
      // At the end of the text Nix still names the token before.
      int place = i < s.length ? start : out.getLast().start();
      return fault(place, "path has a trailing slash");
    }
    modes.pop();
    // Nix names the token before as the place, at the end of the text the one before that.
    int before = Math.max(0, out.size() - (i < s.length ? 1 : 2));
    return add(TokenKind.PATH_END, out.get(before).start(), start);
  }
}
