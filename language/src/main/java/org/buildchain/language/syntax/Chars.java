package org.buildchain.language.syntax;

/**
 * The character classes and regular patterns of the lexer, over bytes. Each pattern returns an end
 * offset or -1. A table tells the classes, since much is read before the JVM has compiled anything.
 */
final class Chars {
  private static final int DIGIT = 1;
  private static final int LETTER = 2;
  private static final int ID_START = 4;
  private static final int ID_PART = 8;
  private static final int PATH = 16;
  private static final int SCHEME = 32;
  private static final int URI = 64;
  private static final byte[] CLASSES = classes();

  private Chars() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = '0'; c <= '9'; c++) {
      classes[c] = DIGIT | ID_PART | PATH | SCHEME | URI;
    }
    for (int c = 'a'; c <= 'z'; c++) {
      classes[c] = LETTER | ID_START | ID_PART | PATH | SCHEME | URI;
      classes[c - 'a' + 'A'] = classes[c];
    }
    add(classes, "_", ID_START | ID_PART);
    add(classes, "'-", ID_PART);
    add(classes, "._-+", PATH);
    add(classes, "+-.", SCHEME);
    add(classes, "%/?:@&=+$,-_.!~*'", URI);
    return classes;
  }

  private static void add(byte[] classes, String characters, int more) {
    for (char c : characters.toCharArray()) {
      classes[c] |= (byte) more;
    }
  }

  private static boolean is(byte[] s, int k, int wanted) {
    return k < s.length && (CLASSES[s[k] & 0xff] & wanted) != 0;
  }

  private static boolean is(int c, int wanted) {
    return c >= 0 && c < CLASSES.length && (CLASSES[c] & wanted) != 0;
  }

  static boolean isIdStart(int c) {
    return is(c, ID_START);
  }

  static boolean isIdPart(int c) {
    return is(c, ID_PART);
  }

  static boolean isDigit(byte[] s, int k) {
    return is(s, k, DIGIT);
  }

  static boolean isPath(byte[] s, int k) {
    return is(s, k, PATH);
  }

  static char unescape(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> c;
    };
  }

  /** The byte at an offset, -1 behind the end. */
  static int at(byte[] s, int k) {
    return k < s.length ? s[k] & 0xff : -1;
  }

  /** Behind all from {@code k} on that are of a class. */
  private static int skip(byte[] s, int k, int wanted) {
    int end = k;
    while (end < s.length && (CLASSES[s[end] & 0xff] & wanted) != 0) {
      end++;
    }
    return end;
  }

  /** An identifier. */
  static int wordEnd(byte[] s, int k) {
    return is(s, k, ID_START) ? skip(s, k + 1, ID_PART) : -1;
  }

  /** {@code PATH_CHAR*}. */
  static int pathCharsEnd(byte[] s, int k) {
    return skip(s, k, PATH);
  }

  /** {@code PATH_CHAR* ('/' PATH_CHAR+)+ '/'?}. */
  static int pathEnd(byte[] s, int k) {
    return slashedEnd(s, skip(s, k, PATH));
  }

  /** {@code ('/' PATH_CHAR+)+ '/'?}. */
  static int slashedEnd(byte[] s, int from) {
    int k = from;
    int end = -1;
    while (at(s, k) == '/' && is(s, k + 1, PATH)) {
      k = skip(s, k + 1, PATH);
      end = k;
    }
    return end > 0 && at(s, end) == '/' ? end + 1 : end;
  }

  /** {@code '<' PATH_CHAR+ ('/' PATH_CHAR+)* '>'}. */
  static int searchPathEnd(byte[] s, int from) {
    int k = from;
    do {
      k++;
      if (!is(s, k, PATH)) {
        return -1;
      }
      k = skip(s, k, PATH);
    } while (at(s, k) == '/');
    return at(s, k) == '>' ? k + 1 : -1;
  }

  /** {@code scheme ':' URI_CHAR+}. */
  static int uriEnd(byte[] s, int from) {
    if (!is(s, from, LETTER)) {
      return -1;
    }
    int k = skip(s, from + 1, SCHEME);
    if (at(s, k) != ':') {
      return -1;
    }
    int end = skip(s, k + 1, URI);
    return end > k + 1 ? end : -1;
  }

  static int digitsEnd(byte[] s, int k) {
    int end = skip(s, k, DIGIT);
    return end > k ? end : -1;
  }

  /** {@code (([1-9][0-9]*\.[0-9]*)|(0?\.[0-9]+))([Ee][+-]?[0-9]+)?}. */
  static int floatEnd(byte[] s, int start) {
    int first = at(s, start);
    int k = skip(s, start, DIGIT);
    if (first >= '1' && first <= '9' && at(s, k) == '.') {
      k = skip(s, k + 1, DIGIT);
    } else {
      k = first == '0' ? start + 1 : start;
      if (at(s, k) != '.' || !is(s, k + 1, DIGIT)) {
        return -1;
      }
      k = skip(s, k + 1, DIGIT);
    }
    if (at(s, k) == 'e' || at(s, k) == 'E') {
      int e = k + 1;
      if (at(s, e) == '+' || at(s, e) == '-') {
        e++;
      }
      if (is(s, e, DIGIT)) {
        return skip(s, e, DIGIT);
      }
    }
    return k;
  }

  /** The end of {@code segment/} where {@code ${} follows, or -1. */
  static int segmentEnd(byte[] s, int from) {
    int k = skip(s, from, PATH);
    return at(s, k) == '/' && at(s, k + 1) == '$' && at(s, k + 2) == '{' ? k + 1 : -1;
  }
}
