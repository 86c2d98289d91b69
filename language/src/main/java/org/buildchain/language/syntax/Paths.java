package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;

/** Lexical operations on absolute paths, as octet strings; nothing is looked up on a disk. */
public final class Paths {
  private Paths() {}

  /** {@code path} made absolute below {@code base}, then canonical. */
  public static String absolute(String path, String base) {
    return canonical(path.startsWith("/") ? path : base + "/" + path);
  }

  /**
   * The same for the literals of a file, of which a large package set has thousands: most begin
   * with dots and have none further on.
   *
   * @param base canonical
   */
  static String literal(String path, String base) {
    if (path.startsWith("/")) {
      return canonical(path);
    }
    int from = 0;
    int up = base.length();
    while (up > 0 && path.startsWith(".", from)) {
      if (path.startsWith("./", from)) {
        from += 2;
      } else if (path.startsWith("../", from)) {
        from += 3;
        up = base.lastIndexOf('/', up - 1);
      } else {
        break;
      }
    }
    String folder = base.substring(0, Math.max(0, up));
    String rest = path.substring(from);
    return folder.length() > 1 && isPlain(rest)
        ? folder + "/" + rest
        : canonical(base + "/" + path);
  }

  /** Whether a relative path has no part that is empty or begins with a dot. */
  private static boolean isPlain(String path) {
    for (int part = 0; ; ) {
      if (part == path.length() || path.charAt(part) == '.' || path.charAt(part) == '/') {
        return false;
      }
      int slash = path.indexOf('/', part);
      if (slash < 0) {
        return true;
      }
      part = slash + 1;
    }
  }

  /** An absolute path without {@code .}, {@code ..}, repeated and trailing slashes. */
  public static String canonical(String path) {
    if (isCanonical(path)) {
      return path;
    }
    List<String> out = new ArrayList<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        if (!out.isEmpty()) {
          out.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        out.add(part);
      }
    }
    return "/" + String.join("/", out);
  }

  private static boolean isCanonical(String p) {
    int n = p.length();
    if (n == 0 || p.charAt(0) != '/') {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (p.charAt(i) == '/') {
        if (i + 1 == n) {
          return n == 1;
        }
        char c = p.charAt(i + 1);
        if (c == '/' || c == '.') {
          return false;
        }
      }
    }
    return true;
  }
}
