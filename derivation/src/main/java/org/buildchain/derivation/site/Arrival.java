package org.buildchain.derivation.site;

import java.io.IOException;

/** What came of asking a {@link Substituter} for a path. */
public sealed interface Arrival {
  /** The path is valid now. */
  record Valid() implements Arrival {}

  /** It can be had only after what it refers to has become valid. */
  record Later() implements Arrival {}

  /**
   * It has come and is what was offered; {@link Substituter#commit} makes it valid. Closing it
   * before that leaves nothing of it. For one thread at a time.
   */
  non-sealed interface Held extends Arrival, AutoCloseable {
    /** The memory that it takes, about, in bytes. */
    long memory();

    @Override
    void close() throws IOException;
  }
}
