package org.buildchain.daemon.host.file;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths as text: octet strings, resolved without looking at any disk. */
public final class CanonicalPath {
  private CanonicalPath() {}

  /**
   * {@code path} without {@code .}, {@code ..} and double slashes, relative to {@code folder} if it
   * is relative. {@code ..} takes the name before it away, whatever that names.
   *
   * @param folder absolute
   */
  public static String absolute(String path, String folder) {
    String whole = path.startsWith("/") ? path : folder + "/" + path;
    Deque<String> names = new ArrayDeque<>();
    for (String name : whole.split("/")) {
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        names.pollLast();
      } else {
        names.addLast(name);
      }
    }
    return "/" + String.join("/", names);
  }

  /** The folder that holds an absolute path; {@code /} for {@code /}. */
  public static String parent(String path) {
    int cut = path.lastIndexOf('/');
    return cut <= 0 ? "/" : path.substring(0, cut);
  }

  /** The last name of an absolute path. */
  public static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
