package org.buildchain.language.regex;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Reads bracket expressions, from behind their opening bracket. Source: POSIX.1-2017, section 9.3.5
 * and, for the names of collating elements, table 6-1; in the locale "C", as libstdc++ does it: the
 * bytes of a range are signed numbers, an equivalence class holds a letter in both cases, a hyphen
 * that neither stands first or last nor in a range is an error.
 */
final class BracketParser {
  /** The elements that are not named by the character itself, in the order of their codes. */
  private static final List<String> LOW =
      List.of(
          ("NUL SOH STX ETX EOT ENQ ACK alert backspace tab newline vertical-tab form-feed"
                  + " carriage-return SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC IS4 IS3"
                  + " IS2 IS1 space exclamation-mark quotation-mark number-sign dollar-sign"
                  + " percent-sign ampersand apostrophe left-parenthesis right-parenthesis asterisk"
                  + " plus-sign comma hyphen period slash zero one two three four five six seven"
                  + " eight nine colon semicolon less-than-sign equals-sign greater-than-sign"
                  + " question-mark commercial-at")
              .split(" "));

  private static final List<String> MIDDLE =
      List.of(
          ("left-square-bracket backslash right-square-bracket circumflex underscore"
                  + " grave-accent")
              .split(" "));
  private static final List<String> HIGH =
      List.of("left-curly-bracket vertical-line right-curly-bracket tilde DEL".split(" "));

  private static final int NOTHING = -1;
  private static final int CLASS = -2;

  private final String s;
  private final BitSet set = new BitSet(256);
  private int i;

  // The character that was read last and may begin a range, or what stands in its place.
  private int last = NOTHING;

  BracketParser(String s, int from) {
    this.s = s;
    this.i = from;
  }

  /** The offset behind the closing bracket. */
  int end() {
    return i;
  }

  private static RegexSyntaxException invalid() {
    return new RegexSyntaxException(false);
  }

  BitSet parse() throws RegexSyntaxException {
    boolean negated = peek() == '^';
    if (negated) {
      i++;
    }
    if (peek() == ']' || peek() == '-') {
      last = s.charAt(i++);
    }
    while (peek() != ']') {
      term();
    }
    i++;
    flush();
    if (negated) {
      set.flip(0, 256);
      set.clear(0);
    }
    return set;
  }

  private char peek() throws RegexSyntaxException {
    if (i == s.length()) {
      throw invalid();
    }
    return s.charAt(i);
  }

  private void flush() {
    if (last >= 0) {
      set.set(last);
    }
  }

  private void term() throws RegexSyntaxException {
    char c = s.charAt(i++);
    if (c == '-') {
      hyphen();
    } else if (c == '[' && ":.=".indexOf(peek()) >= 0) {
      named(s.charAt(i++));
    } else {
      flush();
      last = c;
    }
  }

  private void hyphen() throws RegexSyntaxException {
    if (peek() == ']') {
      flush();
      last = '-';
      return;
    }
    char to = s.charAt(i++);
    if (last < 0 || (to == '[' && ":.=".indexOf(peek()) >= 0) || (byte) last > (byte) to) {
      throw invalid();
    }
    for (int b = (byte) last; b <= (byte) to; b++) {
      set.set(b & 0xff);
    }
    last = NOTHING;
  }

  /** {@code [:class:]}, {@code [.c.]} or {@code [=c=]}, behind its second character. */
  private void named(char kind) throws RegexSyntaxException {
    int close = s.indexOf(kind, i);
    if (close < 0 || close + 1 >= s.length() || s.charAt(close + 1) != ']') {
      throw invalid();
    }
    String name = s.substring(i, close);
    i = close + 2;
    flush();
    if (kind == ':') {
      IntPredicate of = characterClass(name.toLowerCase(Locale.ROOT));
      for (int c = 0; c < 128; c++) {
        if (of.test(c)) {
          set.set(c);
        }
      }
      last = CLASS;
    } else if (kind == '.') {
      last = element(name);
    } else {
      int c = element(name);
      set.set(Character.toLowerCase(c));
      set.set(Character.toUpperCase(c));
      last = CLASS;
    }
  }

  private static int element(String name) throws RegexSyntaxException {
    if (name.length() == 1 && letter(name.charAt(0))) {
      return name.charAt(0);
    }
    int low = LOW.indexOf(name);
    int middle = MIDDLE.indexOf(name);
    int high = HIGH.indexOf(name);
    if (low < 0 && middle < 0 && high < 0) {
      throw invalid();
    }
    return low >= 0 ? low : middle >= 0 ? '[' + middle : '{' + high;
  }

  private static boolean letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static IntPredicate characterClass(String name) throws RegexSyntaxException {
    return switch (name) {
      case "d", "digit" -> BracketParser::digit;
      case "w" -> c -> letter(c) || digit(c) || c == '_';
      case "s", "space" -> c -> c == ' ' || (c >= 9 && c <= 13);
      case "alnum" -> c -> letter(c) || digit(c);
      case "alpha" -> BracketParser::letter;
      case "blank" -> c -> c == ' ' || c == '\t';
      case "cntrl" -> c -> c < ' ' || c == 127;
      case "graph" -> c -> c > ' ' && c < 127;
      case "lower" -> c -> c >= 'a' && c <= 'z';
      case "print" -> c -> c >= ' ' && c < 127;
      case "punct" -> c -> c > ' ' && c < 127 && !letter(c) && !digit(c);
      case "upper" -> c -> c >= 'A' && c <= 'Z';
      case "xdigit" -> c -> digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      default -> throw invalid();
    };
  }
}
