package org.buildchain.substituter.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes an answer's body; each writing ends within the server's time. A small answer leaves in one
 * piece with its head. Source: RFC 9112, section 6.
 */
public final class ResponseBody extends OutputStream {
  private static final int BUFFER = 128 << 10;

  /** {@code "001000\r\n"} before a chunk, {@code "\r\n"} behind it. */
  private static final int BEFORE = 8;

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** How the client knows where the body ends. */
  enum Framing {
    /** There is none. */
    NONE,
    LENGTH,
    CHUNKED,
    /** The connection ends with it. */
    CLOSE
  }

  private final Wire wire;
  private final Framing framing;
  private final int first;
  private byte[] buffer;
  private long left;
  private int at;
  private boolean whole;

  /** Sends the head with the first bytes. */
  ResponseBody(Wire wire, byte[] head, Framing framing, long length) throws IOException {
    this.wire = wire;
    this.framing = framing;
    this.left = framing == Framing.LENGTH ? length : Long.MAX_VALUE;
    boolean small = framing == Framing.NONE || left < BUFFER - head.length;
    boolean chunked = framing == Framing.CHUNKED;
    long room = framing == Framing.NONE ? 0 : left;
    this.first = chunked ? BEFORE : 0;
    if (chunked) {
      wire.write(head, 0, head.length);
      buffer = new byte[BUFFER];
      at = first;
    } else {
      // What stands in a file takes no more.
      buffer = small ? Arrays.copyOf(head, head.length + (int) room) : head;
      at = head.length;
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] data, int from, int length) throws IOException {
    if (framing == Framing.NONE || length == 0) {
      return;
    }
    count(length);
    if (buffer.length < BUFFER && length > buffer.length - at) {
      buffer = Arrays.copyOf(buffer, Math.max(BUFFER, at));
    }
    int room = buffer.length - at - (framing == Framing.CHUNKED ? LINE_END.length : 0);
    if (length <= room) {
      System.arraycopy(data, from, buffer, at, length);
      at += length;
    } else {
      sendBuffer();
      announce(length);
      wire.write(data, from, length);
      endChunk();
    }
  }

  /**
   * Sends a part of a file, without copying it where the connection is not encrypted.
   *
   * @param file stays open
   */
  public void send(FileChannel file, long position, long count) throws IOException {
    if (framing == Framing.NONE || count == 0) {
      return;
    }
    count(count);
    sendBuffer();
    announce(count);
    wire.send(file, position, count);
    endChunk();
  }

  private void count(long length) throws IOException {
    if (length > left) {
      throw new IOException("the answer is longer than was announced");
    }
    left -= framing == Framing.LENGTH ? length : 0;
  }

  private void announce(long count) throws IOException {
    if (framing == Framing.CHUNKED) {
      byte[] line = (Long.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      wire.write(line, 0, line.length);
    }
  }

  private void endChunk() throws IOException {
    if (framing == Framing.CHUNKED) {
      wire.write(LINE_END, 0, LINE_END.length);
    }
  }

  private void sendBuffer() throws IOException {
    if (at == first) {
      return;
    }
    if (framing == Framing.CHUNKED) {
      String line = "%06x\r\n".formatted(at - first);
      System.arraycopy(line.getBytes(StandardCharsets.US_ASCII), 0, buffer, 0, BEFORE);
      System.arraycopy(LINE_END, 0, buffer, at, LINE_END.length);
      at += LINE_END.length;
    }
    wire.write(buffer, 0, at);
    at = first;
  }

  @Override
  public void flush() throws IOException {
    sendBuffer();
  }

  /**
   * Ends the body.
   *
   * @throws IOException if it is shorter than was announced
   */
  @Override
  public void close() throws IOException {
    if (whole) {
      return;
    }
    if (framing == Framing.LENGTH && left > 0) {
      throw new IOException("the answer is shorter than was announced");
    }
    sendBuffer();
    if (framing == Framing.CHUNKED) {
      wire.write(LAST_CHUNK, 0, LAST_CHUNK.length);
    }
    whole = true;
  }

  /** Whether the connection's end is the body's. */
  boolean endsWithConnection() {
    return framing == Framing.CLOSE;
  }

  /** Whether all of it was sent. */
  boolean isWhole() {
    return whole;
  }
}
