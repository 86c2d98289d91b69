package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients of the socket for Nix's programs that are many, slow, or not what they should be. */
final class NixSocketTest {
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

  @Test
  void aThousandClientsAreServed() throws IOException {
    List<NixClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        clients.add(new NixClient(bc).greet());
      }
      for (NixClient client : clients) {
        assertEquals(false, client.isValid(PATH));
      }
    } finally {
      for (NixClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void slowClientsHoldUpNobody() throws IOException {
    try (NixClient silent = new NixClient(bc);
        NixClient halfway = new NixClient(bc).greet();
        NixClient other = new NixClient(bc).greet()) {
      silent.send(NixClient.MAGIC);
      halfway.send(NixClient.IS_VALID_PATH, 1000);
      assertEquals(false, other.isValid(PATH));
      halfway.write(ByteBuffer.wrap("x".repeat(1000).getBytes(StandardCharsets.ISO_8859_1)));
      assertTrue(halfway.error().contains("is not in the Nix store"));
    }
  }

  @Test
  void lengthsHaveLimits() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, 1L << 40, 65536}) {
      try (NixClient client = new NixClient(bc).greet()) {
        client.send(NixClient.IS_VALID_PATH, length);
        assertTrue(client.error().contains("expected at most 4096"));
        assertTrue(client.isClosed());
      }
    }
  }

  @Test
  void whatIsNotTheProtocolIsRefused() throws IOException {
    try (NixClient web = new NixClient(bc)) {
      web.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
      assertTrue(web.isClosed());
    }
    try (NixClient client = new NixClient(bc).greet()) {
      client.send(999);
      assertTrue(client.error().contains("invalid operation 999"));
      assertTrue(client.isClosed());
    }
  }
}
