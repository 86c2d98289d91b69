package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several who want the same thing at once. */
class SharedBuildTest {
  /** Its builder waits until somebody writes to the FIFO. */
  private static final String EXPRESSION =
      """
      derivation {
        name = "shared";
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [ "-c" "echo begun; read line < /gate/fifo; echo $line; echo $$ > $out; date +%N" ];
        PATH = "/usr/bin:/bin";
        __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
      }
      """;

  @TempDir Path gate;

  private Process start(Bc bc) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Bc.program().toString(),
            "build",
            "-L",
            "--no-link",
            "--option",
            "sandbox-paths",
            "/gate=" + gate,
            "--expr",
            EXPRESSION);
    builder.environment().put("BC_ROOT", bc.root().toString());
    return builder.redirectErrorStream(true).start();
  }

  private static List<String> until(BufferedReader lines, String end) throws IOException {
    List<String> read = new ArrayList<>();
    for (String line; (line = lines.readLine()) != null; ) {
      read.add(line);
      if (line.equals(end)) {
        return read;
      }
    }
    throw new AssertionError("no '" + end + "' in " + read);
  }

  @Test
  void twoCallersShareABuildAndItsLog() throws Exception {
    Files.setPosixFilePermissions(gate, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path fifo = gate.resolve("fifo");
    Command.run(gate, java.util.Map.of(), List.of("mkfifo", "-m", "666", fifo.toString())).orFail();
    try (Bc bc = new Bc()) {
      Process first = start(bc);
      try (BufferedReader one = first.inputReader(StandardCharsets.UTF_8)) {
        until(one, "shared> begun");
        Process second = start(bc);
        try (BufferedReader two = second.inputReader(StandardCharsets.UTF_8)) {
          // What was printed before the second came.
          until(two, "shared> begun");
          Files.writeString(fifo, "gone on\n");
          List<String> rest = one.lines().toList();
          assertEquals("shared> gone on", rest.getFirst());
          // A time that differs for each run of the builder.
          assertEquals(rest, two.lines().toList());
          assertEquals(0, first.waitFor());
          assertEquals(0, second.waitFor());
        }
      }
    }
  }

  @Test
  void aStoreHasOneDaemon() {
    try (Bc bc = new Bc()) {
      bc.run("daemon", "start").orFail();
      Command.Result other = bc.run("daemon", "--foreground");
      assertEquals(1, other.status(), other.out() + other.err());
      assertTrue(
          (other.out() + other.err()).contains("another daemon serves this store"),
          other.out() + other.err());
    }
  }
}
