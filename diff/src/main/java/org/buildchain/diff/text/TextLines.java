package org.buildchain.diff.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.diff.layout.Bytes;

/** A text as lines. */
public final class TextLines {
  /** Texts of more lines are not compared line by line. */
  public static final int MAX_LINES = 200_000;

  private TextLines() {}

  /** Whether it has no byte that texts don't have. */
  public static boolean isText(Bytes file) {
    for (int i = 0; i < file.length(); i++) {
      int c = file.u8(i);
      if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != '\f' && c != 0x1b)
          || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** The lines as octet strings, line feeds included; empty if there are too many. */
  public static Optional<List<String>> of(Bytes file) {
    List<String> lines = new ArrayList<>();
    int at = 0;
    while (at < file.length()) {
      int feed = file.find('\n', at);
      int end = feed < 0 ? file.length() : feed + 1;
      lines.add(file.slice(at, end - at).octets());
      if (lines.size() > MAX_LINES) {
        return Optional.empty();
      }
      at = end;
    }
    return Optional.of(lines);
  }

  /**
   * Whether both have the same lines, in whatever order, but for what separates entries: the last
   * of a list ends without a comma.
   */
  public static boolean sameInAnyOrder(List<String> left, List<String> right) {
    return left.size() == right.size() && Arrays.equals(sorted(left), sorted(right));
  }

  private static String[] sorted(List<String> lines) {
    String[] sorted = lines.stream().map(TextLines::entry).toArray(String[]::new);
    Arrays.sort(sorted);
    return sorted;
  }

  private static String entry(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == ',')) {
      end--;
    }
    return line.substring(0, end);
  }
}
