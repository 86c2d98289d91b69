package org.buildchain.substituter.gateway;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;

/**
 * The parameter {@code entity-bytes}: a part of a file, {@code from:to}, the last byte included.
 * What is negative counts from the end. Source: "Trustless Gateway Specification".
 *
 * @param to empty for the end
 */
record EntityBytes(long from, OptionalLong to) {
  private static final Pattern FORM = Pattern.compile("(-?[0-9]{1,18}):(-?[0-9]{1,18}|\\*)");

  /** Bytes from one offset to before another. */
  record Span(long from, long to) {}

  /**
   * Reads the parameter.
   *
   * @throws FormatException if it has another form
   */
  static EntityBytes parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new FormatException("'entity-bytes'", "expected 'from:to' or 'from:*'");
    }
    return new EntityBytes(
        Long.parseLong(m.group(1)),
        m.group(2).equals("*")
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(m.group(2))));
  }

  /** Which bytes of a file of this size those are. */
  Span of(long size) {
    long last = to.orElse(size - 1);
    return new Span(
        from < 0 ? Math.max(0, size + from) : from,
        Math.min(size, (last < 0 ? size + last : last) + 1));
  }
}
