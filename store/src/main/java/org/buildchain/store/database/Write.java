package org.buildchain.store.database;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/** What one thread wants written, and what became of it. */
final class Write {
  private final Consumer<Transaction> body;
  private final Optional<Soon> soon;
  private boolean paths;
  private Outcome outcome = Outcome.FAILED;
  private Throwable failure = new IllegalStateException("not written");

  /** What a body tells of that is written soon: so many bytes of blocks, which stand in files. */
  record Soon(long bytes, Collection<Path> files) {}

  private enum Outcome {
    WRITTEN,
    FAILED,
    AGAIN
  }

  private Write(Consumer<Transaction> body, Optional<Soon> soon) {
    this.body = body;
    this.soon = soon;
  }

  static Write durably(Consumer<Transaction> body) {
    return new Write(body, Optional.empty());
  }

  static Write soon(Consumer<Transaction> body, Soon soon) {
    return new Write(body, Optional.of(soon));
  }

  /** What it tells of, if it is to be written soon. */
  Optional<Soon> soon() {
    return soon;
  }

  /** Runs the body. */
  void run(Layers layers) {
    Transaction transaction = new Transaction(layers);
    body.accept(transaction);
    paths = transaction.wrotePaths();
  }

  /** It has been committed. */
  void written() {
    outcome = Outcome.WRITTEN;
  }

  void failed(Throwable e) {
    outcome = Outcome.FAILED;
    failure = e;
  }

  /** Nothing was tried: recent rows must be made durable first. */
  void again() {
    outcome = Outcome.AGAIN;
  }

  boolean isAgain() {
    return outcome == Outcome.AGAIN;
  }

  /** Whether it wrote to the table of paths. */
  boolean wrotePaths() {
    return paths;
  }

  /** Throws what kept it from being written. */
  void end() {
    if (outcome != Outcome.WRITTEN) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }
}
