package org.buildchain.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** {@code bc serve} at a free port of the loopback, until it is closed. */
final class Served implements AutoCloseable {
  private final Running running;

  Served(Bc bc, Path folder, String... arguments) throws IOException {
    Stream<String> command =
        Stream.concat(Stream.of("serve", "--listen", "127.0.0.1:0"), Arrays.stream(arguments));
    running = new Running(bc, folder, command.toArray(String[]::new));
  }

  /** Where it serves, without a slash at the end. */
  String url() {
    return running.line();
  }

  @Override
  public void close() {
    running.close();
  }
}
