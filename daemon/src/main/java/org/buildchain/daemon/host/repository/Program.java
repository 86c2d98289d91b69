package org.buildchain.daemon.host.repository;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.buildchain.store.format.Octets;

/**
 * A program of the caller's {@code PATH} that fetches.
 *
 * @param command its name, and what it is always given
 * @param folder where it runs
 * @param environment all that it sees of variables
 * @param cancelled whether the caller has gone away, which ends it
 */
public record Program(
    List<String> command, Path folder, Map<String, String> environment, BooleanSupplier cancelled) {
  private static final int MAX_OUTPUT = 1 << 28;
  private static final int MAX_MESSAGE = 1 << 16;
  private static final int CANCEL_MILLIS = 100;

  /**
   * How it ended.
   *
   * @param out what it printed, octets
   * @param err the first of what it said on its standard error
   */
  public record Answer(int status, String out, String err) {}

  private String name() {
    return command.getFirst();
  }

  /** Starts it; its standard error is the daemon's to read. */
  Process start(List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(command);
    arguments.forEach(a -> all.add(Octets.toText(a)));
    ProcessBuilder b = new ProcessBuilder(all).directory(folder.toFile());
    b.environment().clear();
    b.environment().putAll(environment);
    try {
      return b.start();
    } catch (IOException e) {
      throw new IOException("cannot run the program '" + name() + "': " + e.getMessage(), e);
    }
  }

  /**
   * Runs it to its end.
   *
   * @param input its standard input, octets
   * @throws IOException if it prints too much, or the caller goes away
   */
  public Answer run(String input, List<String> arguments) throws IOException {
    Process p = start(arguments);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Thread reader = Thread.ofVirtual().start(() -> copy(p.getInputStream(), out, MAX_OUTPUT));
    Thread errors = Thread.ofVirtual().start(() -> copy(p.getErrorStream(), err, MAX_MESSAGE));
    Thread feeder = Thread.ofVirtual().start(() -> feed(p.getOutputStream(), input));
    try {
      while (!p.waitFor(CANCEL_MILLIS, TimeUnit.MILLISECONDS)) {
        if (cancelled.getAsBoolean()) {
          throw new IOException("interrupted while " + name() + " ran");
        }
      }
      for (Thread t : List.of(feeder, reader, errors)) {
        t.join();
      }
      if (out.size() == MAX_OUTPUT) {
        throw new IOException(name() + " " + arguments.getFirst() + " printed too much");
      }
      return new Answer(
          p.exitValue(), Octets.of(out.toByteArray()), Octets.of(err.toByteArray()).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + name() + " ran", e);
    } finally {
      p.descendants().forEach(ProcessHandle::destroy);
      p.destroy();
    }
  }

  private static void feed(OutputStream in, String text) {
    try (in) {
      in.write(Octets.bytes(text));
    } catch (IOException e) {
      // A program that fails early does not read; its status and message say why.
    }
  }

  /** Copies the first bytes, and reads the rest, so that the writer does not wait. */
  private static void copy(InputStream in, ByteArrayOutputStream out, int most) {
    try (in) {
      out.write(in.readNBytes(most));
      in.skip(Long.MAX_VALUE);
    } catch (IOException e) {
      // What there is is used: the status says whether that is all.
    }
  }
}
