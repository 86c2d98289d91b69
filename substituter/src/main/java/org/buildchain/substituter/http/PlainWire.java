package org.buildchain.substituter.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import org.buildchain.substituter.net.Stalls;

/** A connection of TCP. Belongs to a virtual thread, for which the socket never blocks. */
final class PlainWire implements Wire {
  /** So much is sent before other connections have their turn: sending a file does not wait. */
  private static final int TURN = 1 << 20;

  /** So much is copied when the socket has no room, to wait until it has some. */
  private static final int PIECE = 4096;

  private final SocketChannel channel;
  private final Stalls stalls;

  PlainWire(SocketChannel channel, Stalls stalls) {
    this.channel = channel;
    this.stalls = stalls;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    return stalls.during(() -> channel.read(ByteBuffer.wrap(into, at, length)));
  }

  @Override
  public void write(byte[] data, int at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(data, at, length);
    while (bytes.hasRemaining()) {
      int unused = stalls.during(() -> channel.write(bytes));
    }
  }

  @Override
  public void send(FileChannel file, long position, long count) throws IOException {
    long at = position;
    long end = position + count;
    while (at < end) {
      // Not within the time: whoever is interrupted here closes the file. It does not wait either.
      long n = file.transferTo(at, Math.min(TURN, end - at), channel);
      if (n > 0) {
        Thread.yield();
      } else {
        byte[] piece = new byte[(int) Math.min(PIECE, end - at)];
        n = file.read(ByteBuffer.wrap(piece), at);
        if (n <= 0) {
          throw new EOFException("a file has become shorter");
        }
        write(piece, 0, (int) n);
      }
      at += n;
    }
  }

  @Override
  public void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void abort() {
    abort(channel);
  }

  /** Closes with a reset: an end that looks like one of the answer would be a lie. */
  static void abort(SocketChannel channel) {
    try (channel) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // It is closed already.
    }
  }

  @Override
  public boolean isKnown() {
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
