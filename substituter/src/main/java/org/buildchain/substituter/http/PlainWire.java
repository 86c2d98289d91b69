package org.buildchain.substituter.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.buildchain.substituter.net.Stalls;

/** A connection of TCP. For a virtual thread the socket never blocks; it does for another. */
final class PlainWire implements Wire {
  /**
   * So much of a file is sent at once at first and to who is slow, so that it takes less than the
   * server's time; and to who is quick, so that other connections have their turn.
   */
  private static final int FIRST = 128 << 10;

  private static final int TURN = 1 << 20;
  private static final long QUICK = 100_000_000;

  /** So much is copied when the socket has no room, to wait until it has some. */
  private static final int PIECE = 4096;

  private final SocketChannel channel;
  private final Stalls stalls;
  private int piece = FIRST;
  private long sent;

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
      sent += stalls.during(() -> channel.write(bytes));
    }
  }

  @Override
  public void send(FileChannel file, long position, long count) throws IOException {
    long at = position;
    long end = position + count;
    while (at < end) {
      long begun = System.nanoTime();
      long n = transfer(file, at, Math.min(piece, end - at));
      if (n <= 0) {
        byte[] some = new byte[(int) Math.min(PIECE, end - at)];
        n = file.read(ByteBuffer.wrap(some), at);
        if (n <= 0) {
          throw new EOFException("a file has become shorter");
        }
        write(some, 0, (int) n);
      } else {
        sent += n;
      }
      at += n;
      piece = System.nanoTime() - begun < QUICK ? Math.min(2 * piece, TURN) : FIRST;
    }
  }

  /** Has the kernel send some of a file: all of it where this thread can wait for that. */
  private long transfer(FileChannel file, long position, long count) throws IOException {
    if (!Thread.currentThread().isVirtual()) {
      // An interrupt would close the file.
      return stalls.during(() -> file.transferTo(position, count, channel), this::abort);
    }
    // Not within the time, since it does not wait.
    long n = file.transferTo(position, count, channel);
    if (n > 0) {
      Thread.yield();
    }
    return n;
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
  public Peer peer() throws IOException {
    return peer(channel, Optional.empty());
  }

  /** Who is at the other end, with the name that its certificate has. */
  static Peer peer(SocketChannel channel, Optional<String> certificate) throws IOException {
    return new Peer(((InetSocketAddress) channel.getRemoteAddress()).getAddress(), certificate);
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
