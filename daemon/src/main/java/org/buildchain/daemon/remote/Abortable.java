package org.buildchain.daemon.remote;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.worker.client.RemoteStore;

/**
 * A conversation that ends when the thread is interrupted that waits for it. What reads from a
 * program can't be interrupted; so it runs in a thread of its own, and the program is ended.
 */
public final class Abortable {
  private Optional<RemoteStore.Transport> transport = Optional.empty();
  private boolean aborted;

  /** What is ended to end the conversation. */
  public synchronized void begun(RemoteStore.Transport begun) {
    transport = Optional.of(begun);
    if (aborted) {
      begun.abort();
    }
  }

  /** Ends it. */
  synchronized void abort() {
    aborted = true;
    transport.ifPresent(RemoteStore.Transport::abort);
  }

  /**
   * Carries out a part of it.
   *
   * @throws IOException if the other side fails, in what way ever
   * @throws InterruptedException once the conversation has ended
   */
  public <T> T run(Callable<T> part) throws IOException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(part);
    Thread thread = Thread.ofVirtual().name("remote store").start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      abort();
      thread.interrupt();
      join(thread);
      throw e;
    } catch (ExecutionException e) {
      throw asFailure(e.getCause());
    }
  }

  /** Nothing of it runs on after the command. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static IOException asFailure(Throwable failure) {
    return switch (failure) {
      case IOException e -> e;
      case FormatException e -> new IOException(e.getMessage(), e);
      case StoreException e -> new IOException(e.getMessage(), e);
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> new IOException(failure);
    };
  }
}
