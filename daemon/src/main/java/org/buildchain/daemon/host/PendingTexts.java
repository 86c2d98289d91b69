package org.buildchain.daemon.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/**
 * Texts on their way into the store. A thread of its own writes them in large steps while the
 * evaluation goes on; each step is durable and whole. A text refers to valid paths and to texts
 * that were added before it. Thread-safe.
 */
final class PendingTexts {
  /** How many texts make a step: enough that its one sync costs each of them little. */
  private static final int STEP = 2048;

  private final Store store;
  private final boolean background;
  private final Map<StorePath, Store.Text> waiting = new LinkedHashMap<>();
  private Optional<IOException> failure = Optional.empty();
  private boolean writing;

  /**
   * @param background whether texts are written before {@link #flush} asks for it
   */
  PendingTexts(Store store, boolean background) {
    this.store = store;
    this.background = background;
  }

  synchronized void add(StorePath path, Store.Text text) {
    waiting.putIfAbsent(path, text);
    if (background && !writing && failure.isEmpty() && waiting.size() >= STEP) {
      writing = true;
      Thread.ofPlatform().daemon().name("bc-texts").start(this::writeAhead);
    }
  }

  /** A text that is not in the store yet. */
  synchronized Optional<Store.Text> get(StorePath path) {
    return Optional.ofNullable(waiting.get(path));
  }

  private void writeAhead() {
    Optional<IOException> failed = Optional.empty();
    try {
      for (List<Store.Text> step = step(STEP); !step.isEmpty(); step = step(STEP)) {
        write(step);
      }
    } catch (IOException e) {
      failed = Optional.of(e);
    } catch (RuntimeException e) {
      failed = Optional.of(new IOException(e.getMessage(), e));
    } finally {
      end(failed);
    }
  }

  /** All that wait, if they are at least {@code least}. */
  private synchronized List<Store.Text> step(int least) {
    return waiting.size() >= least ? new ArrayList<>(waiting.values()) : List.of();
  }

  private void write(List<Store.Text> step) throws IOException {
    List<StorePath> paths = store.addTexts(step);
    synchronized (this) {
      paths.forEach(waiting::remove);
    }
  }

  private synchronized void end(Optional<IOException> failed) {
    failure = failed;
    writing = false;
    notifyAll();
  }

  /**
   * Returns when all that was added is in the store.
   *
   * @throws IOException if it cannot be written, also if that was found out earlier
   */
  void flush() throws IOException {
    List<Store.Text> rest;
    synchronized (this) {
      while (writing) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while texts were written", e);
        }
      }
      if (failure.isPresent()) {
        throw failure.get();
      }
      rest = step(1);
    }
    if (!rest.isEmpty()) {
      write(rest);
    }
  }
}
