package org.buildchain.derivation.realise.outputs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Random;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;

class RewritingStreamTest {
  private static final String FROM = "z4asv3j07d89ywjf8fxkn7sg6mf5s9q5";
  private static final String TO = "1111111111111111111111111111111a";

  private static String rewrite(String text, int step) throws IOException {
    StringBuilder out = new StringBuilder();
    try (InputStream in =
        new RewritingStream(
            new ByteArrayInputStream(Octets.bytes(text)) {
              @Override
              public int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, step));
              }
            },
            Map.of(FROM, TO))) {
      byte[] buffer = new byte[step];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.append(Octets.of(buffer, 0, n));
      }
    }
    return out.toString();
  }

  @Test
  void replacesWhereverItStands() throws IOException {
    // The stream's buffer has 65536 bytes: every way in which its end may cut a hash.
    for (int at = 65536 - 33; at <= 65536 + 33; at++) {
      String text = "x".repeat(at) + FROM + "/y";
      assertEquals(text.replace(FROM, TO), rewrite(text, 1000), "at " + at);
    }
  }

  @Test
  void agreesWithStringsOnRandomText() throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 3000) {
        switch (random.nextInt(4)) {
          case 0 -> text.append(FROM);
          case 1 -> text.append(FROM, 0, random.nextInt(32));
          case 2 -> text.append((char) random.nextInt(256));
          default -> text.append("z4a");
        }
      }
      String all = text.toString();
      assertEquals(all.replace(FROM, TO), rewrite(all, 1 + random.nextInt(100)));
    }
  }

  @Test
  void shortAndEmptyStreamsPassThrough() throws IOException {
    assertEquals("", rewrite("", 10));
    assertEquals("abc", rewrite("abc", 1));
    assertEquals(TO, rewrite(FROM, 32));
    assertEquals(FROM.substring(1), rewrite(FROM.substring(1), 32));
  }
}
