package org.buildchain.substituter.upload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.store.hash.Hash;

/**
 * Where the files of a binary cache go: whoever reads one finds all of it or none. Names are
 * relative, with {@code /} between their parts. Thread-safe.
 */
public interface CacheFiles {
  /** What users call it. */
  String url();

  /**
   * Whether a file is there.
   *
   * @throws IOException if that can't be told
   */
  boolean has(String name) throws IOException;

  /**
   * A small file, if it is there.
   *
   * @throws IOException if that can't be told, or it has more than {@code most} bytes
   */
  Optional<byte[]> read(String name, int most) throws IOException;

  /**
   * Puts a small file in place of what may be there.
   *
   * @param type its media type
   */
  void write(String name, String type, byte[] content) throws IOException;

  /**
   * A new file in which one is made for {@link #add}. Whoever asked for it deletes it in the end,
   * should it still be there.
   */
  Path draft() throws IOException;

  /**
   * Takes a file whose name follows from its content: of one that is there nothing is sent.
   *
   * @param file a draft; it may be gone afterwards
   * @param sha256 of its content
   */
  void add(String name, String type, Path file, Hash sha256) throws IOException;
}
