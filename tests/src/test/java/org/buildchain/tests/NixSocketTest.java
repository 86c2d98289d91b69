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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients of the socket for Nix's programs that are many, slow, or not what they should be. Numbers
 * are those of {@code worker-protocol.hh} of Nix 2.26.
 */
final class NixSocketTest {
  private static final long LAST = 0x616c7473;
  private static final long ERROR = 0x63787470;
  private static final long IS_VALID_PATH = 1;
  private static final String PATH = "/nix/store/mq3k82cxic59kh1dfgx85ds0kk51c8mg-top-1.0";

  private static Bc bc;

  @BeforeAll
  static void start() {
    bc = new Bc();
    bc.run("daemon", "start").orFail();
  }

  @AfterAll
  static void stop() {
    bc.close();
  }

  /** One client. */
  private static final class Client implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

    Client() throws IOException {
      channel.connect(
          UnixDomainSocketAddress.of(bc.root().resolve("nix/var/nix/daemon-socket/socket")));
    }

    /** Greets as a client of protocol 1.34, and reads what the daemon says of itself. */
    Client greet() throws IOException {
      send(0x6e697863, 0x122, 0, 0);
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

    private void write(ByteBuffer out) throws IOException {
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

  @Test
  void aThousandClientsAreServed() throws IOException {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        clients.add(new Client().greet());
      }
      for (Client client : clients) {
        assertEquals(false, client.isValid(PATH));
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void slowClientsHoldUpNobody() throws IOException {
    try (Client silent = new Client();
        Client halfway = new Client().greet();
        Client other = new Client().greet()) {
      silent.send(0x6e697863);
      halfway.send(IS_VALID_PATH, 1000);
      assertEquals(false, other.isValid(PATH));
      halfway.write(ByteBuffer.wrap("x".repeat(1000).getBytes(StandardCharsets.ISO_8859_1)));
      assertTrue(halfway.error().contains("is not in the Nix store"));
    }
  }

  @Test
  void lengthsHaveLimits() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, 1L << 40, 65536}) {
      try (Client client = new Client().greet()) {
        client.send(IS_VALID_PATH, length);
        assertTrue(client.error().contains("expected at most 4096"));
        assertTrue(client.isClosed());
      }
    }
  }

  @Test
  void whatIsNotTheProtocolIsRefused() throws IOException {
    try (Client web = new Client()) {
      web.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
      assertTrue(web.isClosed());
    }
    try (Client client = new Client().greet()) {
      client.send(999);
      assertTrue(client.error().contains("invalid operation 999"));
      assertTrue(client.isClosed());
    }
  }
}
