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
import java.util.Map;
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

  private Process start(Path root) throws IOException {
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
    builder.environment().put("BC_ROOT", root.toString());
    return builder.redirectErrorStream(true).start();
  }

  private Path fifo() throws IOException {
    Files.setPosixFilePermissions(gate, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path fifo = gate.resolve("fifo");
    Command.run(gate, Map.of(), List.of("mkfifo", "-m", "666", fifo.toString())).orFail();
    return fifo;
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
    Path fifo = fifo();
    try (Bc bc = new Bc()) {
      Process first = start(bc.root());
      try (BufferedReader one = first.inputReader(StandardCharsets.UTF_8)) {
        until(one, "shared> begun");
        Process second = start(bc.root());
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

  /** Whichever way they come: by another path of the store's root, and as clients of Nix. */
  @Test
  void callersOfAllKindsShareABuildAndItsLog() throws Exception {
    Path fifo = fifo();
    Path link = gate.resolve("root");
    try (Bc bc = new Bc()) {
      Files.createSymbolicLink(link, bc.root());
      Process first = start(bc.root());
      try (BufferedReader one = first.inputReader(StandardCharsets.UTF_8)) {
        until(one, "shared> begun");
        Process second = start(link);
        ProcessBuilder nix = new ProcessBuilder("nix-store", "--realise", drv(bc));
        nix.environment()
            .put(
                "NIX_REMOTE",
                "unix://"
                    + bc.root().resolve("nix/var/nix/daemon-socket/socket")
                    + "?root="
                    + bc.root());
        Process third = nix.redirectErrorStream(true).start();
        try (BufferedReader two = second.inputReader(StandardCharsets.UTF_8);
            BufferedReader three = third.inputReader(StandardCharsets.UTF_8)) {
          until(two, "shared> begun");
          until(three, "begun");
          Files.writeString(fifo, "gone on\n");
          List<String> rest = one.lines().toList();
          assertEquals("shared> gone on", rest.getFirst());
          assertEquals(rest, two.lines().toList());
          // Without the name, which Nix's own clients don't print.
          assertEquals(
              rest.stream().map(l -> l.replaceFirst("^shared> ", "")).toList(),
              three.lines().filter(l -> !l.startsWith("warning:")).toList());
          for (Process process : List.of(first, second, third)) {
            assertEquals(0, process.waitFor());
          }
        }
      }
    }
  }

  private static String drv(Bc bc) {
    return bc.run("instantiate", "--expr", EXPRESSION).orFail().strip();
  }

  /** Who would start another is told which one all clients reach. */
  @Test
  void aStoreHasOneDaemon() {
    try (Bc bc = new Bc()) {
      bc.run("daemon", "start").orFail();
      Command.Result other = bc.run("daemon", "--foreground");
      assertEquals(1, other.status(), other.out() + other.err());
      String process =
          bc.run("daemon", "status")
              .orFail()
              .lines()
              .filter(l -> l.startsWith("process:"))
              .findFirst()
              .orElseThrow()
              .replaceFirst("process: +", "");
      assertTrue(
          other.err().contains("another daemon serves this store: process " + process + ";"),
          other.out() + other.err());
    }
  }
}
