package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.buildchain.store.format.Octets;

/** What the other side of a connection says first. */
public final class Greeting {
  private static final int MOST_SHOWN = 100;

  private Greeting() {}

  /**
   * Why a connection is of no use that begins with another number than it should. Mostly a shell
   * over there prints something before the program begins.
   *
   * @param program that was expected there
   * @param said the number
   * @param rest comes after it; read only as far as it is here already
   */
  public static IOException isNone(String program, long said, InputStream rest) throws IOException {
    byte[] first =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(said).array();
    byte[] next = rest.readNBytes(Math.min(rest.available(), MOST_SHOWN));
    String line = (Octets.of(first) + Octets.of(next)).lines().findFirst().orElse("");
    boolean isText = !line.isEmpty() && line.chars().allMatch(c -> c >= ' ' && c != 0x7f);
    return new IOException(
        "what answers there is no "
            + program
            + (isText
                ? ": it said '"
                    + line
                    + "', and whatever a shell prints there at its start (~/.bashrc, say) must go"
                    + " to its standard error"
                : ""));
  }
}
