package org.buildchain.derivation.realise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.buildchain.store.path.StorePath;

/**
 * Builds that several callers may wait for. Each runs once, in a thread of its own, and all who ask
 * for it meanwhile see its events; it is stopped when the last of them has gone away.
 */
final class SharedBuilds {
  /** Events kept for those who come later. */
  private static final int BACKLOG = 5000;

  /** What is done once. */
  interface Work {
    SortedMap<String, StorePath> run(Consumer<BuildEvent> events) throws InterruptedException;
  }

  private final Map<StorePath, Shared> running = new HashMap<>();

  /**
   * Runs {@code work}, or waits for work of the same name that runs already.
   *
   * @param key what two builds must not make at once: an output path, or the derivation's
   * @param name the derivation and what is done with it
   * @param joined run before the caller waits for somebody else's work
   * @return the outputs, or empty if work of another name with the same key was done meanwhile: the
   *     caller looks again what is valid
   */
  Optional<SortedMap<String, StorePath>> run(
      StorePath key, String name, Consumer<BuildEvent> events, Work work, Runnable joined)
      throws InterruptedException {
    Shared shared;
    boolean mine;
    synchronized (this) {
      shared = running.get(key);
      mine = shared == null;
      if (mine) {
        shared = new Shared(name);
        running.put(key, shared);
        shared.join(events);
        Shared made = shared;
        made.thread = Thread.ofVirtual().name("build " + name).start(() -> made.run(key, work));
      } else if (shared.cancelled || !shared.name.equals(name)) {
        events = null;
      } else {
        shared.join(events);
      }
    }
    if (!mine) {
      joined.run();
    }
    if (events == null) {
      shared.ended.await();
      return Optional.empty();
    }
    return Optional.of(shared.await(events));
  }

  private final class Shared {
    private final String name;
    private final List<Consumer<BuildEvent>> listeners = new ArrayList<>();
    private final List<BuildEvent> backlog = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean cancelled;
    private Thread thread;
    private SortedMap<String, StorePath> outputs;
    private Throwable failure;

    Shared(String name) {
      this.name = name;
    }

    void join(Consumer<BuildEvent> listener) {
      synchronized (backlog) {
        backlog.forEach(listener);
        listeners.add(listener);
      }
    }

    private void publish(BuildEvent event) {
      synchronized (backlog) {
        if (backlog.size() < BACKLOG) {
          backlog.add(event);
        }
        listeners.forEach(l -> l.accept(event));
      }
    }

    void run(StorePath key, Work work) {
      try {
        outputs = work.run(this::publish);
      } catch (Throwable e) {
        failure = e;
      } finally {
        synchronized (SharedBuilds.this) {
          running.remove(key);
        }
        ended.countDown();
      }
    }

    SortedMap<String, StorePath> await(Consumer<BuildEvent> listener) throws InterruptedException {
      try {
        ended.await();
      } catch (InterruptedException e) {
        leave(listener);
        throw e;
      }
      return switch (failure) {
        case null -> outputs;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case InterruptedException e -> throw e;
        default -> throw new IllegalStateException(failure);
      };
    }

    /** The last who leaves stops the build, and waits until nothing of it runs. */
    private void leave(Consumer<BuildEvent> listener) {
      boolean last;
      synchronized (SharedBuilds.this) {
        synchronized (backlog) {
          listeners.remove(listener);
          last = listeners.isEmpty();
        }
        cancelled |= last;
      }
      if (last) {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
          try {
            ended.await();
            break;
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
