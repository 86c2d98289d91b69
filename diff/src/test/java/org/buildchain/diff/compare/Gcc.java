package org.buildchain.diff.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the tools that make what is compared. */
final class Gcc {
  private Gcc() {}

  /** Runs a command in a folder; fails unless it succeeds. Gives what it printed. */
  static String run(Path folder, String... command) throws IOException {
    Process p =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    try {
      if (p.waitFor() != 0) {
        throw new IOException(List.of(command) + ": " + out);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return out;
  }

  /** Runs a script of the shell in a folder. */
  static void shell(Path folder, String script) throws IOException {
    run(folder, "sh", "-euc", script);
  }

  /** A program, a library and an object with debug info, made of {@code source}. */
  static void build(Path folder, String source, String flags) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("main.c"), source);
    shell(
        folder,
        "gcc -O1 -g %s -o main main.c; gcc -O1 -fPIC -g %s -shared -o libmain.so main.c;"
                .formatted(flags, flags)
            + " gcc -O1 -g %s -c -o main.o main.c".formatted(flags));
  }
}
