package org.buildchain.daemon.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/**
 * Texts and small files on their way into the store. A thread of its own writes them in large steps
 * while the evaluation goes on; each step is valid as {@link Store#addTexts} says. A text refers to
 * valid paths and to what was added before it; a file has no references. Thread-safe.
 */
final class PendingAdditions {
  /** How many make a step: each writes most pages of the tables anew, since names are random. */
  private static final int STEP = 8192;

  private final Store store;
  private final boolean background;
  private final Map<StorePath, Store.Text> texts = new LinkedHashMap<>();
  private final Map<StorePath, NewObject> files = new LinkedHashMap<>();
  private Optional<IOException> failure = Optional.empty();
  private boolean writing;

  /**
   * @param background whether anything is written before {@link #flush} asks for it
   */
  PendingAdditions(Store store, boolean background) {
    this.store = store;
    this.background = background;
  }

  synchronized void add(StorePath path, Store.Text text) {
    texts.putIfAbsent(path, text);
    begin();
  }

  synchronized void add(NewObject file) {
    files.putIfAbsent(file.path(), file);
    begin();
  }

  private void begin() {
    if (background && !writing && failure.isEmpty() && texts.size() + files.size() >= STEP) {
      writing = true;
      Thread.ofPlatform().daemon().name("bc-texts").start(this::writeAhead);
    }
  }

  /** A text that is not in the store yet. */
  synchronized Optional<Store.Text> text(StorePath path) {
    return Optional.ofNullable(texts.get(path));
  }

  /** Whether something on its way has this path. */
  synchronized boolean holds(StorePath path) {
    return texts.containsKey(path) || files.containsKey(path);
  }

  private void writeAhead() {
    Optional<IOException> failed = Optional.empty();
    try {
      for (Step step = step(STEP); !step.isEmpty(); step = step(STEP)) {
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

  private record Step(List<NewObject> files, List<Store.Text> texts) {
    boolean isEmpty() {
      return files.isEmpty() && texts.isEmpty();
    }
  }

  /** All that wait, if they are at least {@code least}. */
  private synchronized Step step(int least) {
    return texts.size() + files.size() >= least
        ? new Step(new ArrayList<>(files.values()), new ArrayList<>(texts.values()))
        : new Step(List.of(), List.of());
  }

  private void write(Step step) throws IOException {
    List<StorePath> paths = store.addTexts(step.texts(), step.files());
    synchronized (this) {
      step.files().forEach(f -> files.remove(f.path()));
      paths.forEach(texts::remove);
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
    Step rest;
    synchronized (this) {
      while (writing) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while derivations were written", e);
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
