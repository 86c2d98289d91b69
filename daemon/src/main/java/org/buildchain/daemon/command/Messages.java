package org.buildchain.daemon.command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.buildchain.store.Octets;

/**
 * Lines for the user on the caller's streams. Texts are octet strings: file names and the
 * language's strings come out byte by byte as they went in. Lines of several threads do not mix.
 */
final class Messages {
  private static final String RED = "\033[31;1m";
  private static final String MAGENTA = "\033[35;1m";
  private static final String NORMAL = "\033[0m";

  private final OutputStream out;
  private final OutputStream err;
  private final boolean colours;

  /**
   * @param colours whether standard error is a terminal that shows them
   */
  Messages(OutputStream out, OutputStream err, boolean colours) {
    this.out = out;
    this.err = err;
    this.colours = colours;
  }

  /** Writes to standard output, as it is. */
  void print(String octets) {
    write(out, octets);
  }

  /** Writes a line to standard output. */
  void println(String octets) {
    write(out, octets + "\n");
  }

  /** {@code error: …} on standard error. */
  void error(String octets) {
    write(err, paint(RED, "error:") + " " + octets + "\n");
  }

  /** {@code warning: …} on standard error. */
  void warning(String octets) {
    write(err, paint(MAGENTA, "warning:") + " " + octets + "\n");
  }

  /** A line on standard error. */
  void note(String octets) {
    write(err, octets + "\n");
  }

  /** Whether lines on standard error may be coloured. */
  boolean colours() {
    return colours;
  }

  private String paint(String colour, String text) {
    return colours ? colour + text + NORMAL : text;
  }

  private static void write(OutputStream stream, String octets) {
    byte[] bytes = Octets.bytes(octets);
    try {
      synchronized (stream) {
        stream.write(bytes);
        stream.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
