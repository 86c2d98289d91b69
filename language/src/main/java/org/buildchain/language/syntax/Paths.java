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
