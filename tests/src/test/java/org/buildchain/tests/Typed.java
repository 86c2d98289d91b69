package org.buildchain.tests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program at a terminal of its own (util-linux's {@code script}): keys go in, screens come out.
 */
final class Typed implements AutoCloseable {
  private final Process process;
  private final OutputStream keys;
  private final InputStream screen;
  private final StringBuilder unread = new StringBuilder();

  Typed(Path folder, Map<String, String> variables, String command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("script", "-qefc", command, "/dev/null");
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(variables);
    builder.environment().put("TERM", "xterm");
    process = builder.start();
    keys = process.getOutputStream();
    screen = process.getInputStream();
  }

  /** Presses keys. */
  Typed type(String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
    return this;
  }

  /**
   * Reads on until this is shown, control sequences left out. What stands before it is done with.
   *
   * @throws AssertionError if the program ends before
   */
  Typed expect(String text) throws IOException {
    byte[] some = new byte[4096];
    while (true) {
      String plain = unread.toString().replaceAll("\033\\[[0-9;?]*[A-Za-z]|\033[=>]|\007|\r", "");
      int at = plain.indexOf(text);
      if (at >= 0) {
        unread.setLength(0);
        unread.append(plain, at + text.length(), plain.length());
        return this;
      }
      int n = screen.read(some);
      if (n < 0) {
        throw new AssertionError("'" + text + "' is not shown, but:\n" + plain);
      }
      unread.append(new String(some, 0, n, StandardCharsets.UTF_8));
    }
  }

  /** The program's exit status, when it has ended. */
  int end() throws IOException, InterruptedException {
    while (screen.read() >= 0) {
      // It may wait for somebody who reads.
    }
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
