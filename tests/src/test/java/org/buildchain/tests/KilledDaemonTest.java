package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed by SIGKILL at 100 random moments while it builds and adds, or at as many as
 * a slow machine has time for. After each: what it had reported is there, and {@code store verify}
 * finds nothing wrong.
 */
@Tag("slow")
class KilledDaemonTest {
  private static final int KILLS = 100;
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Path FOLDER = Path.of("src/test/resources").toAbsolutePath();

  /** Long enough for a start, a build and an addition; most kills fall in between. */
  private static final int LONGEST_MILLIS = 2500;

  @TempDir Path temporary;

  private final List<String> reported = new ArrayList<>();

  @Test
  void nothingIsLostOrWrong() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path work = Files.createDirectory(temporary.resolve("work"));
    Path stop = temporary.resolve("stop");
    try (Bc bc = new Bc()) {
      long begun = System.nanoTime();
      int kill = 0;
      for (; kill < KILLS && System.nanoTime() - begun < LONGEST.toNanos(); kill++) {
        String at = "kill " + kill + " of seed " + seed + ": ";
        bc.run("daemon", "start").orFail();
        ProcessHandle daemon = daemon(bc);
        Process loop = start(bc, kill, work, stop);
        // The moment is the point: there is nothing to wait for.
        loop.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
        daemon.destroyForcibly();
        daemon.onExit().get(60, TimeUnit.SECONDS);
        // A client that comes after the kill starts a daemon, which is not to be killed: it ends
        // first.
        Files.createFile(stop);
        loop.waitFor();
        Files.delete(stop);
        collect();

        Command.Result verified = bc.run("store", "verify");
        assertEquals(0, verified.status(), at + verified.out() + verified.err());
        if (!reported.isEmpty()) {
          List<String> asked = new ArrayList<>(List.of("store", "path-info"));
          asked.addAll(reported);
          Command.Result info = bc.run(asked.toArray(String[]::new));
          assertEquals(0, info.status(), at + info.err());
        }
      }
      assertTrue(reported.size() > kill, "only " + reported.size() + " were done");
    }
  }

  /**
   * Builds and adds new things one after the other, and prints each path when it is done, until
   * something fails or a file {@code stop} is there.
   */
  private Process start(Bc bc, int round, Path work, Path stop) throws IOException {
    String script =
        """
        i=0
        while ! [ -e "$4" ]; do
          "$1" build --no-link --expr '
            let f = import ./bad-input.nix; in
            map (n: f.small "'"$2-$i"'-${toString n}") [ 1 2 3 4 ]' || exit
          head -c 3000000 /dev/urandom >"$3/random"
          "$1" store add "$3" || exit
          i=$((i + 1))
        done
        """;
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            script,
            "sh",
            Bc.program().toString(),
            Integer.toString(round),
            work.toString(),
            stop.toString());
    builder.directory(FOLDER.toFile());
    builder.environment().putAll(Map.of("BC_ROOT", bc.root().toString()));
    builder.redirectOutput(temporary.resolve("out").toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
  }

  private void collect() throws IOException {
    String out = Files.readString(temporary.resolve("out"));
    // A last line without its end was cut off.
    int complete = out.lastIndexOf('\n') + 1;
    out.substring(0, complete).lines().filter(l -> l.startsWith("/")).forEach(reported::add);
  }

  private static ProcessHandle daemon(Bc bc) {
    String status = bc.run("daemon", "status").orFail();
    Matcher process = Pattern.compile("process: +([0-9]+)").matcher(status);
    assertTrue(process.find(), status);
    return ProcessHandle.of(Long.parseLong(process.group(1))).orElseThrow();
  }
}
