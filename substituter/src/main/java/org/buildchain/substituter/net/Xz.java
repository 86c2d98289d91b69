package org.buildchain.substituter.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.tukaani.xz.XZInputStream;

/** Unpacks .xz files (The .xz File Format 1.2.1): by the machine's liblzma, or else in Java. */
public final class Xz {
  private static final int BUFFER = 1 << 16;

  private Xz() {}

  /**
   * What a file unpacks to, in which several streams and padding may follow each other. To be
   * closed, which closes {@code in}.
   *
   * @param memoryKib the most memory that unpacking may take
   * @throws IOException if the file is none, which may also show when it is read
   */
  public static InputStream open(InputStream in, int memoryKib) throws IOException {
    Optional<InputStream> fast = LibLzma.open(in, memoryKib);
    return fast.isPresent() ? fast.get() : java(in, memoryKib);
  }

  /** The same without the machine's library. */
  static InputStream java(InputStream in, int memoryKib) throws IOException {
    return new XZInputStream(new BufferedInputStream(in, BUFFER), memoryKib);
  }
}
