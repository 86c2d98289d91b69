package org.buildchain.substituter.worker.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.format.Octets;

/** Reads the standard error of a program, in a thread of its own, line by line. */
final class ShownErrors implements AutoCloseable {
  /** A longer line is cut: who prints it must not fill the memory. */
  private static final int MAX_LINE = 1 << 16;

  private static final long PATIENCE_MILLIS = 10_000;

  private final InputStream from;
  private final Thread reader = Thread.ofVirtual().name("remote-errors").unstarted(this::pump);
  private Consumer<String> taker;
  private Optional<String> last = Optional.empty();

  /**
   * @param taker takes lines, octet strings
   */
  ShownErrors(InputStream from, Consumer<String> taker) {
    this.from = from;
    this.taker = taker;
    reader.start();
  }

  /** From here on lines are a builder's output. */
  synchronized void show(RemoteBuilders.Log log) {
    taker = log::line;
  }

  /** The last line. */
  synchronized Optional<String> last() {
    return last;
  }

  private void pump() {
    byte[] line = new byte[MAX_LINE];
    int length = 0;
    byte[] buffer = new byte[1 << 13];
    try {
      for (int n; (n = from.read(buffer)) >= 0; ) {
        for (int i = 0; i < n; i++) {
          if (buffer[i] == '\n') {
            take(Octets.of(line, 0, length));
            length = 0;
          } else if (length < MAX_LINE) {
            line[length++] = buffer[i];
          }
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
    if (length > 0) {
      take(Octets.of(line, 0, length));
    }
  }

  private synchronized void take(String line) {
    last = Optional.of(line).filter(l -> !l.isBlank()).or(() -> last);
    taker.accept(line);
  }

  /** Waits until the program has printed all; a while at most. */
  void finish() {
    try {
      reader.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finish();
  }
}
