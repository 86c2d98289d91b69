package org.buildchain.derivation.site;

/** Runs one builder process in isolation. Implementations are thread-safe. */
public interface Builder {
  /**
   * Runs the job to its end and returns how it ended. Everything that the builder started is dead
   * when this returns. Standard output and error go to {@code log} as they come.
   *
   * @param admission is asked when all is ready for the builder
   * @throws InterruptedException if the thread is interrupted; the builder is killed first
   * @throws BuildException if the sandbox itself could not be set up, saying what is missing
   */
  BuildExit run(BuildJob job, LogSink log, Admission admission) throws InterruptedException;

  /** Whether builders see nothing of the machine's files but what their jobs name. */
  default boolean isolates() {
    return true;
  }

  /** The same for a builder that may run at once. */
  default BuildExit run(BuildJob job, LogSink log) throws InterruptedException {
    return run(job, log, () -> () -> {});
  }

  /** Says when a builder may run. Neither what comes before nor what comes after waits for it. */
  @FunctionalInterface
  interface Admission {
    /** Waits until it may. What is returned is to be closed when the builder has ended. */
    Admitted await() throws InterruptedException;
  }

  /** A builder that may run. */
  @FunctionalInterface
  interface Admitted extends AutoCloseable {
    @Override
    void close();
  }

  /** Receives a builder's output, in order, from one thread at a time. */
  @FunctionalInterface
  interface LogSink {
    /** Takes {@code length} bytes of {@code buffer} from {@code offset}; they are reused after. */
    void write(byte[] buffer, int offset, int length);
  }
}
