package org.buildchain.substituter.serve;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;

/**
 * Which part of a file a request brings. Source: RFC 9110, section 14.4, used with PUT as in 14.5.
 *
 * @param first byte of the part, counted from 0
 * @param end the byte after its last
 * @param total bytes of the file
 */
record ContentRange(long first, long end, long total) {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  /**
   * Reads the header's value.
   *
   * @param text empty if there is no such header: then all comes
   * @param length of the body
   * @throws FormatException if it is none, or leaves the file's length open
   */
  static ContentRange parse(String text, long length) {
    if (text.isEmpty()) {
      return new ContentRange(0, length, length);
    }
    Matcher m = RANGE.matcher(text);
    if (!m.matches()) {
      throw new FormatException("Content-Range", "must be 'bytes FIRST-LAST/LENGTH'");
    }
    ContentRange range =
        new ContentRange(
            Long.parseLong(m.group(1)), Long.parseLong(m.group(2)) + 1, Long.parseLong(m.group(3)));
    if (range.first >= range.end || range.end > range.total) {
      throw new FormatException("Content-Range", "ends before it begins, or after the file");
    }
    return range;
  }

  long length() {
    return end - first;
  }
}
