package org.buildchain.daemon.command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.buildchain.daemon.progress.BuildDisplay;
import org.buildchain.language.ControlSequences;
import org.buildchain.language.EvalHost;
import org.buildchain.store.format.Octets;

/**
 * Lines for the user on the caller's streams. Texts are octet strings: file names and the
 * language's strings come out byte by byte as they went in, except that on standard error what
 * controls a terminal is taken out. Lines of several threads do not mix, and a status line on the
 * terminal gives way to them.
 */
public final class Messages implements BuildDisplay.Screen {
  private static final String RED = "\033[31;1m";
  private static final String MAGENTA = "\033[35;1m";
  private static final String NORMAL = "\033[0m";
  private static final String CLEAR_LINE = "\r\033[K";

  private final OutputStream out;
  private final OutputStream err;
  private final boolean colours;
  private String status = "";
  private volatile boolean quiet;

  /**
   * @param colours whether standard error is a terminal that shows them
   */
  public Messages(OutputStream out, OutputStream err, boolean colours) {
    this.out = out;
    this.err = err;
    this.colours = colours;
  }

  /** Writes to standard output, as it is. */
  public void print(String octets) {
    write(out, octets);
  }

  /** Writes a line to standard output. */
  public void println(String octets) {
    write(out, octets + "\n");
  }

  /** {@code error: …} on standard error. */
  @Override
  public void error(String octets) {
    write(err, paint(RED, "error:") + " " + octets + "\n");
  }

  /** An error whose text begins with {@code error:} already. */
  public void shownError(String octets) {
    String word = "error:";
    write(
        err,
        (octets.startsWith(word) ? paint(RED, word) + octets.substring(word.length()) : octets)
            + "\n");
  }

  /** {@code warning: …} on standard error. */
  public void warning(String octets) {
    write(err, paint(MAGENTA, "warning:") + " " + octets + "\n");
  }

  /** What an evaluation tells the user. */
  public void message(EvalHost.Level level, String text) {
    String shown = level.shown(text);
    int word = shown.indexOf(':') + 1;
    note(
        level == EvalHost.Level.TRACE || level == EvalHost.Level.NOTE
            ? shown
            : paint(MAGENTA, shown.substring(0, word)) + shown.substring(word));
  }

  /** A line on standard error. */
  @Override
  public void note(String octets) {
    write(err, octets + "\n");
  }

  @Override
  public void progress(String octets) {
    if (!quiet) {
      note(octets);
    }
  }

  /** From now on, says nothing of what is being done. */
  public void beQuiet() {
    quiet = true;
  }

  @Override
  public synchronized void status(String text) {
    if (!text.equals(status)) {
      send(err, CLEAR_LINE + text);
      status = text;
    }
  }

  /** Whether lines on standard error may be coloured. */
  public boolean colours() {
    return colours;
  }

  private String paint(String colour, String text) {
    return colours ? colour + text + NORMAL : text;
  }

  private synchronized void write(OutputStream stream, String text) {
    if (text.isEmpty()) {
      return;
    }
    String octets = stream == err ? ControlSequences.filter(text, colours) : text;
    if (status.isEmpty()) {
      send(stream, octets);
      return;
    }
    send(err, CLEAR_LINE);
    send(stream, octets);
    send(err, status);
  }

  private static void send(OutputStream stream, String octets) {
    try {
      stream.write(Octets.bytes(octets));
      stream.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
