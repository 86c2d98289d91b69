package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of the socket for Nix's programs, which sends whatever it is told to. Numbers are those
 * of {@code worker-protocol.hh} of Nix 2.26.
 */
final class NixClient implements AutoCloseable {
  static final long MAGIC = 0x6e697863;
  static final long IS_VALID_PATH = 1;
  private static final long QUERY_ALL_VALID_PATHS = 23;
  private static final long LAST = 0x616c7473;
  private static final long ERROR = 0x63787470;

  private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

  NixClient(Bc bc) throws IOException {
    channel.connect(
        UnixDomainSocketAddress.of(bc.root().resolve("nix/var/nix/daemon-socket/socket")));
  }

  /** Greets as a client of protocol 1.34, and reads what the daemon says of itself. */
  NixClient greet() throws IOException {
    send(MAGIC, 0x122, 0, 0);
    assertEquals(0x6478696f, word());
    assertEquals(0x126, word());
    assertTrue(text().startsWith("Build Chain"));
    assertEquals(LAST, word());
    return this;
  }

  void send(long... words) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(words.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : words) {
      out.putLong(word);
    }
    write(out.flip());
  }

  void write(ByteBuffer out) throws IOException {
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  void sendText(String text) throws IOException {
    send(text.length());
    write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    write(ByteBuffer.allocate(-text.length() & 7));
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      if (channel.read(in) < 0) {
        throw new IOException("the daemon has closed the connection");
      }
    }
    return in.flip();
  }

  long word() throws IOException {
    return read(8).getLong();
  }

  String text() throws IOException {
    int length = (int) word();
    byte[] bytes = read(length + (-length & 7)).array();
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  boolean isValid(String path) throws IOException {
    send(IS_VALID_PATH);
    sendText(path);
    assertEquals(LAST, word());
    return word() != 0;
  }

  /** All paths that the store has. */
  List<String> paths() throws IOException {
    send(QUERY_ALL_VALID_PATHS);
    assertEquals(LAST, word());
    List<String> paths = new ArrayList<>();
    for (long left = word(); left > 0; left--) {
      paths.add(text());
    }
    return paths;
  }

  /** The message of an error that is answered. */
  String error() throws IOException {
    assertEquals(ERROR, word());
    text(); // "Error"
    word(); // its level
    text(); // its name
    String message = text();
    word(); // no position
    assertEquals(0, word()); // no traces
    return message;
  }

  boolean isClosed() throws IOException {
    return channel.read(ByteBuffer.allocate(64)) < 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
