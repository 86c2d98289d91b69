package org.buildchain.substituter.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;

class SpoolTest {
  /** Never ends. */
  private static final class Endless extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] into, int at, int length) {
      return length;
    }
  }

  @Test
  void whatNeverEndsStopsWhereThereIsNoRoom() {
    int most = 1_000_000;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FormatException e =
        assertThrows(FormatException.class, () -> Spool.copy("x", new Endless(), out, most));
    assertEquals("x: is longer than 1000000 bytes", e.getMessage());
    assertTrue(out.size() <= most);
  }

  @Test
  void whatJustFitsIsCopied() throws IOException {
    byte[] bytes = new byte[200_000];
    bytes[199_999] = 1;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(200_000, Spool.copy("x", new ByteArrayInputStream(bytes), out, 200_000));
    assertArrayEquals(bytes, out.toByteArray());
  }
}
