package org.buildchain.substituter.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request's body. A client that waits for leave to send it gets that when it is first read, so
 * that what is refused is not sent. Source: RFC 9112, sections 6 and 7.1; RFC 9110, section 10.1.1.
 */
final class RequestBody extends InputStream {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final Pattern CHUNK = Pattern.compile("0*([0-9a-fA-F]{1,15})[ \\t]*(;.*)?");
  private static final int MAX_LINE = 1024;
  private static final int MAX_TRAILERS = 100;
  private static final int BUFFER = 16 << 10;

  private final Input input;
  private final Wire wire;
  private final boolean chunked;
  private boolean awaited;

  /** Of the body, or of a chunk. */
  private long left;

  private boolean first = true;
  private boolean ended;

  RequestBody(RequestHead head, Input input, Wire wire) {
    this.input = input;
    this.wire = wire;
    this.chunked = head.isChunked();
    this.left = head.length();
    this.ended = !chunked && left == 0;
    this.awaited = head.expectsContinue() && !ended;
  }

  /** Whether so many bytes at most are known to end it, if the client sends them at all. */
  boolean endsWithin(long count) {
    return ended || (!awaited && (chunked || left <= count));
  }

  /** Reads and forgets the rest, up to so many bytes; whether that was all. */
  boolean drain(long count) throws IOException {
    awaited = false;
    byte[] buffer = new byte[ended ? 0 : BUFFER];
    for (long rest = count; !ended && rest > 0; ) {
      rest -= Math.max(0, read(buffer, 0, (int) Math.min(buffer.length, rest)));
    }
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (awaited) {
      awaited = false;
      wire.write(CONTINUE, 0, CONTINUE.length);
    }
    if (chunked && left == 0 && !ended) {
      beginChunk();
    }
    if (ended) {
      return -1;
    }
    int n = input.read(into, at, (int) Math.min(length, left));
    if (n < 0) {
      throw new EOFException("the client has gone in the middle of a body");
    }
    left -= n;
    ended = !chunked && left == 0;
    return n;
  }

  private void beginChunk() throws IOException {
    if (!first && !input.line(0).isEmpty()) {
      throw new BadRequestException(400, "a chunk does not end");
    }
    first = false;
    Matcher m = CHUNK.matcher(input.line(MAX_LINE));
    if (!m.matches()) {
      throw new BadRequestException(400, "a chunk's length is none");
    }
    left = Long.parseLong(m.group(1), 16);
    if (left > 0) {
      return;
    }
    for (int i = 0; i <= MAX_TRAILERS; i++) {
      if (input.line(MAX_LINE).isEmpty()) {
        ended = true;
        return;
      }
    }
    throw new BadRequestException(400, "there are too many trailers");
  }
}
