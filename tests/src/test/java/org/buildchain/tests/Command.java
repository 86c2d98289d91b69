package org.buildchain.tests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of the machine, run to its end. */
public final class Command {
  private static final int MINUTES = 20;

  private Command() {}

  /**
   * How a program ended.
   *
   * @param out its standard output, as UTF-8
   * @param err its standard error, as UTF-8
   */
  public record Result(List<String> command, int status, String out, String err) {
    /** Standard output, if the program succeeded. */
    public String orFail() {
      if (status != 0) {
        throw new AssertionError(
            String.join(" ", command) + " ended with " + status + ":\n" + out + err);
      }
      return out;
    }
  }

  /** Runs a program in a folder, with some variables besides the environment's. */
  public static Result run(Path folder, Map<String, String> variables, List<String> command) {
    try {
      Path out = Files.createTempFile("bc-test", ".out");
      Path err = Files.createTempFile("bc-test", ".err");
      try {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.environment().putAll(variables);
        // Files rather than pipes: a daemon that outlives the program may hold them open.
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.redirectInput(Path.of("/dev/null").toFile());
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          throw new AssertionError(command + " does not end");
        }
        return new Result(command, process.exitValue(), text(out), text(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new AssertionError(command + " cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
