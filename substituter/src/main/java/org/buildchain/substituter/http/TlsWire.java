package org.buildchain.substituter.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.buildchain.substituter.net.Stalls;

/** A connection of TLS over one of TCP. */
final class TlsWire implements Wire {
  private static final int PIECE = 1 << 16;

  private final SocketChannel channel;
  private final SSLSocket socket;
  private final Stalls stalls;
  private final InputStream in;
  private final OutputStream out;
  private long sent;

  private TlsWire(SocketChannel channel, SSLSocket socket, Stalls stalls) throws IOException {
    this.channel = channel;
    this.stalls = stalls;
    this.socket = socket;
    this.in = stalls.watch(socket.getInputStream());
    this.out = stalls.watch(socket.getOutputStream());
  }

  /**
   * Shakes hands, within the time.
   *
   * @param certificates whether the client is asked for one
   */
  static TlsWire open(
      SocketChannel channel, SSLContext context, boolean certificates, Stalls stalls)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(channel.socket(), null, true);
    socket.setUseClientMode(false);
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setWantClientAuth(certificates);
    socket.setSSLParameters(parameters);
    try (Stalls.Limit _ = stalls.limit()) {
      socket.startHandshake();
    }
    return new TlsWire(channel, socket, stalls);
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    return in.read(into, at, length);
  }

  @Override
  public void write(byte[] data, int at, int length) throws IOException {
    out.write(data, at, length);
    sent += length;
  }

  @Override
  public void send(FileChannel file, long position, long count) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, count)];
    for (long at = position, end = position + count; at < end; ) {
      int n = file.read(ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, end - at)), at);
      if (n <= 0) {
        throw new EOFException("a file has become shorter");
      }
      write(piece, 0, n);
      at += n;
    }
  }

  @Override
  public void endOutput() throws IOException {
    try (Stalls.Limit _ = stalls.limit()) {
      socket.shutdownOutput();
    }
  }

  @Override
  public void abort() {
    PlainWire.abort(channel);
  }

  @Override
  public Peer peer() throws IOException {
    try {
      String name = socket.getSession().getPeerPrincipal().getName();
      return PlainWire.peer(channel, Optional.of(name));
    } catch (SSLPeerUnverifiedException e) {
      return PlainWire.peer(channel, Optional.empty());
    }
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public void close() throws IOException {
    // It says so to the client.
    try (channel;
        Stalls.Limit _ = stalls.limit()) {
      socket.close();
    }
  }
}
