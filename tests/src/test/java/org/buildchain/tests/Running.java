package org.buildchain.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of bc that goes on until it is closed. It has begun when it has printed a line. */
final class Running implements AutoCloseable {
  private final Process process;
  private final List<String> command;
  private final String line;

  Running(Bc bc, Path folder, String... arguments) throws IOException {
    command = new ArrayList<>(List.of(Bc.program().toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("BC_ROOT", bc.root().toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String first = out.readLine();
    if (first == null) {
      throw new AssertionError(command + " has ended");
    }
    line = first;
  }

  /** The line that it printed first. */
  String line() {
    return line;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        throw new AssertionError(command + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
