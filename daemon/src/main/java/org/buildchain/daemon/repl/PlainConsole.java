package org.buildchain.daemon.repl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.buildchain.daemon.server.Caller;

/** Lines of a standard input that is no terminal, without prompts. */
final class PlainConsole implements Console {
  private final BufferedReader lines;

  PlainConsole(Caller caller) {
    // One byte in each char: an octet string.
    this.lines =
        new BufferedReader(new InputStreamReader(caller.in(), StandardCharsets.ISO_8859_1));
  }

  @Override
  public Optional<String> line(String prompt, Completion names) throws IOException {
    return Optional.ofNullable(lines.readLine());
  }

  @Override
  public void close() {}
}
