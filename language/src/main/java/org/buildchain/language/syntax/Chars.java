package org.buildchain.language.syntax;

/** The character classes and regular patterns of the lexer. Each returns an end offset or -1. */
final class Chars {
  private Chars() {}

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isIdStart(int c) {
    return isLetter(c) || c == '_';
  }

  static boolean isIdPart(int c) {
    return isIdStart(c) || isDigit(c) || c == '\'' || c == '-';
  }

  static boolean isPath(int c) {
    return isLetter(c) || isDigit(c) || c == '.' || c == '_' || c == '-' || c == '+';
  }

  static char unescape(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> c;
    };
  }

  private static int at(String s, int k) {
    return k < s.length() ? s.charAt(k) : -1;
  }

  /** {@code PATH_CHAR* ('/' PATH_CHAR+)+ '/'?}. */
  static int pathEnd(String s, int k) {
    while (isPath(at(s, k))) {
      k++;
    }
    return slashedEnd(s, k);
  }

  /** {@code ('/' PATH_CHAR+)+ '/'?}. */
  static int slashedEnd(String s, int k) {
    int end = -1;
    while (at(s, k) == '/' && isPath(at(s, k + 1))) {
      k++;
      while (isPath(at(s, k))) {
        k++;
      }
      end = k;
    }
    return end > 0 && at(s, end) == '/' ? end + 1 : end;
  }

  /** {@code '<' PATH_CHAR+ ('/' PATH_CHAR+)* '>'}. */
  static int searchPathEnd(String s, int k) {
    do {
      k++;
      if (!isPath(at(s, k))) {
        return -1;
      }
      while (isPath(at(s, k))) {
        k++;
      }
    } while (at(s, k) == '/');
    return at(s, k) == '>' ? k + 1 : -1;
  }

  /** {@code scheme ':' URI_CHAR+}. */
  static int uriEnd(String s, int k) {
    if (!isLetter(at(s, k))) {
      return -1;
    }
    do {
      k++;
    } while (isLetter(at(s, k))
        || isDigit(at(s, k))
        || at(s, k) == '+'
        || at(s, k) == '-'
        || at(s, k) == '.');
    if (at(s, k) != ':') {
      return -1;
    }
    int body = k + 1;
    int end = body;
    while (isUri(at(s, end))) {
      end++;
    }
    return end > body ? end : -1;
  }

  private static boolean isUri(int c) {
    return isLetter(c) || isDigit(c) || (c > 0 && "%/?:@&=+$,-_.!~*'".indexOf(c) >= 0);
  }
}
