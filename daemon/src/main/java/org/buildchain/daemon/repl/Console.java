package org.buildchain.daemon.repl;

import java.io.IOException;
import java.util.Optional;

/** Where lines come from. */
interface Console extends AutoCloseable {
  /**
   * The next line, an octet string without its newline; empty at the end of the input.
   *
   * @param prompt shown before it, where somebody reads it
   * @param names completes what is typed
   */
  Optional<String> line(String prompt, Completion names) throws IOException;

  @Override
  void close() throws IOException;
}
