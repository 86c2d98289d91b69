package org.buildchain.derivation.realise;

/** Runs one builder process in isolation. Implementations are thread-safe. */
public interface Builder {
  /**
   * Runs the job to its end and returns how it ended. Everything that the builder started is dead
   * when this returns. Standard output and error go to {@code log} as they come.
   *
   * @throws InterruptedException if the thread is interrupted; the builder is killed first
   * @throws BuildException if the sandbox itself could not be set up, saying what is missing
   */
  BuildExit run(BuildJob job, LogSink log) throws InterruptedException;

  /** Receives a builder's output, in order, from one thread at a time. */
  @FunctionalInterface
  interface LogSink {
    /** Takes {@code length} bytes of {@code buffer} from {@code offset}; they are reused after. */
    void write(byte[] buffer, int offset, int length);
  }
}
