package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that are not what they should be. Programs for localhost are run without ssh. */
@Timeout(120)
final class RemoteCopyTest {
  private static final Bc BC = new Bc();

  /** Otherwise it may have ended before anything is said to it. */
  private static final String LISTENS = "; exec cat > /dev/null";

  @TempDir Path folder;

  @AfterAll
  static void stop() {
    BC.close();
  }

  /** The URL of a store whose program is this script. */
  private String store(String scheme, String script) throws IOException {
    Path program = folder.resolve("program");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertTrue(program.toFile().setExecutable(true));
    return scheme + "://localhost?remote-program=" + program;
  }

  private String path() throws IOException {
    return BC.run("store", "add", Files.writeString(folder.resolve("x"), "x").toString())
        .orFail()
        .strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "ssh-ng"})
  void whatIsPrintedAheadIsShown(String scheme) throws IOException {
    String url =
        store(scheme, "printf 'Welcome to big.example.org\\nToday is a fine day\\n'" + LISTENS);
    Command.Result result = BC.run("copy", "--to", url, path());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("error: cannot connect to '" + url + "': "), result.err());
    assertTrue(result.err().contains("it said 'Welcome to big.example.org', and"), result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "ssh-ng"})
  void whatIsNoTextIsNot(String scheme) throws IOException {
    Command.Result result =
        BC.run("copy", "--to", store(scheme, "head -c 100 /dev/zero" + LISTENS), path());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("what answers there is no 'nix-"), result.err());
    assertTrue(!result.err().contains("it said"), result.err());
  }

  @Test
  void whoWaitsForOneThatIsSilentCanLeave() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            // A shell's background jobs ignore SIGINT, and so would the client.
            "env",
            "--default-signal=INT",
            Bc.program().toString(),
            "copy",
            "--to",
            store("ssh-ng", "echo begun >&2; exec sleep 7536"),
            path());
    builder.environment().put("BC_ROOT", BC.root().toString());
    Process client = builder.start();
    byte[] begun = client.getErrorStream().readNBytes(6);
    assertEquals("begun\n", new String(begun, StandardCharsets.UTF_8));
    new ProcessBuilder("kill", "-INT", Long.toString(client.pid())).start().waitFor();
    String err = new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, client.waitFor(), err);
    assertTrue(err.endsWith("error: interrupted by the user\n"), err);
  }
}
