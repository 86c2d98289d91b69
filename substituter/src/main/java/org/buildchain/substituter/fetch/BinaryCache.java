package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The files of a binary cache. Thread-safe. */
interface BinaryCache {
  /** What users call it. */
  String url();

  /**
   * The bytes of a small file, if it is there.
   *
   * @param name below the cache's root
   * @throws IOException if that can't be told, or the file has more than {@code most} bytes
   */
  default Optional<byte[]> read(String name, int most) throws IOException {
    Optional<InputStream> found = open(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = found.get()) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException("'" + name + "' has more than " + most + " bytes");
      }
      return Optional.of(bytes);
    }
  }

  /**
   * The bytes of a file, if it is there.
   *
   * @param name below the cache's root, or an absolute URL
   */
  Optional<InputStream> open(String name) throws IOException;

  /** The same from an offset on, if the file reaches that far. */
  default Optional<InputStream> open(String name, long from) throws IOException {
    Optional<InputStream> found = open(name);
    if (found.isPresent()) {
      found.get().skipNBytes(from);
    }
    return found;
  }
}
