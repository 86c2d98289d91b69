package org.buildchain.derivation.realise.outputs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.buildchain.derivation.site.Hooks;
import org.buildchain.store.format.Octets;

/** Runs the programs of {@link Hooks}. */
final class HookProcess {
  private HookProcess() {}

  /**
   * Runs a program to its end, with nothing to read, in the root of the file system. If the thread
   * is interrupted the program is killed.
   *
   * @param environment all of it, octet strings
   * @param lines takes what the program prints, octet strings
   * @return Nix's words for how it failed; empty if it did not
   */
  static String run(List<String> command, Map<String, String> environment, Consumer<String> lines)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    command.forEach(w -> words.add(Octets.toText(w)));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().clear();
    environment.forEach((k, v) -> builder.environment().put(Octets.toText(k), Octets.toText(v)));
    Process process = builder.start();
    Thread reader = Thread.ofVirtual().start(() -> read(process, lines));
    try {
      int status = process.waitFor();
      reader.join();
      return status == 0
          ? ""
          : "program '" + command.getFirst() + "' failed with exit code " + status;
    } finally {
      process.destroyForcibly();
    }
  }

  private static void read(Process process, Consumer<String> lines) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
      for (String line; (line = in.readLine()) != null; ) {
        lines.accept(line);
      }
    } catch (IOException e) {
      // It was killed.
    }
  }
}
