package org.buildchain.substituter;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.buildchain.store.nar.NarWriter;

/** NARs for tests. */
public final class RandomNar {
  private RandomNar() {}

  /** The NAR of a file of {@code size} bytes that {@code seed} determines. */
  public static byte[] of(int size, long seed) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginFile(false, size);
    writer.content(content, 0, size);
    writer.endFile(size);
    return out.toByteArray();
  }
}
