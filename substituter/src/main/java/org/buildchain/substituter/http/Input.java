package org.buildchain.substituter.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.buildchain.substituter.net.Stalls;

/** What comes from a client: heads, bodies, and what has come of the next request already. */
final class Input {
  /** The length of a request's line and headers. */
  static final int MAX_HEAD = 32 << 10;

  /** Most heads fit; it stays with each idle connection. */
  private static final int FIRST = 1 << 10;

  private final Wire wire;
  private final Stalls stalls;
  private byte[] buffer = new byte[FIRST];
  private int begin;
  private int end;

  Input(Wire wire, Stalls stalls) {
    this.wire = wire;
    this.stalls = stalls;
  }

  /**
   * The next request's line and headers without the empty line; empty if the client sends no more.
   * Once its first byte is here all of it must come within the time.
   */
  Optional<String> head() throws IOException {
    if (begin == end && !fill()) {
      return Optional.empty();
    }
    try (Stalls.Limit _ = stalls.limit()) {
      int at = begin;
      while (true) {
        // RFC 9112, section 2.2: an empty line before a request is passed over.
        if (at == begin && end - begin >= 2 && buffer[begin] == '\r' && buffer[begin + 1] == '\n') {
          begin += 2;
          at = begin;
          continue;
        }
        int found = emptyLine(at);
        if (found >= 0) {
          String head = new String(buffer, begin, found - begin, StandardCharsets.ISO_8859_1);
          begin = found + 4;
          return Optional.of(head);
        }
        if (end - begin >= MAX_HEAD) {
          throw new BadRequestException(431, "a request's head has at most " + MAX_HEAD + " bytes");
        }
        at = Math.max(begin, end - 3) - begin;
        boolean more = fill();
        at += begin;
        if (!more) {
          return Optional.empty();
        }
      }
    }
  }

  /** Where the two line ends begin; negative if they are not here. */
  private int emptyLine(int from) {
    for (int i = from; i + 4 <= end; i++) {
      if (buffer[i] == '\r'
          && buffer[i + 1] == '\n'
          && buffer[i + 2] == '\r'
          && buffer[i + 3] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Has more bytes in the buffer; false if there are none. */
  private boolean fill() throws IOException {
    if (begin == end) {
      begin = 0;
      end = 0;
    }
    if (end == buffer.length) {
      byte[] room = begin > 0 ? buffer : new byte[Math.min(2 * buffer.length, MAX_HEAD)];
      System.arraycopy(buffer, begin, room, 0, end - begin);
      buffer = room;
      end -= begin;
      begin = 0;
    }
    int n = wire.read(buffer, end, buffer.length - end);
    end += Math.max(0, n);
    return n > 0;
  }

  /** Some bytes; −1 when the client sends no more. */
  int read(byte[] into, int at, int length) throws IOException {
    if (begin == end) {
      return wire.read(into, at, length);
    }
    int n = Math.min(length, end - begin);
    System.arraycopy(buffer, begin, into, at, n);
    begin += n;
    return n;
  }

  /** A line of at most {@code max} bytes, without its end. */
  String line(int max) throws IOException {
    byte[] line = new byte[max + 2];
    for (int n = 0; n < line.length; n++) {
      if (begin == end && !fill()) {
        throw new EOFException("the client has gone");
      }
      line[n] = buffer[begin++];
      if (n > 0 && line[n] == '\n' && line[n - 1] == '\r') {
        return new String(Arrays.copyOf(line, n - 1), StandardCharsets.ISO_8859_1);
      }
    }
    throw new BadRequestException(400, "a line is too long");
  }

  /** Between two requests: what an idle connection holds is small. */
  void shrink() {
    if (begin == end && buffer.length > FIRST) {
      buffer = new byte[FIRST];
      begin = 0;
      end = 0;
    }
  }
}
