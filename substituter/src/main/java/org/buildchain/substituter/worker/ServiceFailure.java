package org.buildchain.substituter.worker;

import java.io.IOException;

/**
 * What the service could not do on its own disk. It is told to the client, whose connection goes
 * on: an {@link IOException} of the connection itself ends that.
 */
final class ServiceFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  ServiceFailure(IOException cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }

  /** What may fail. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does it. */
  static <T> T run(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new ServiceFailure(e);
    }
  }

  /** What may fail and has no result. */
  interface Action {
    void run() throws IOException;
  }

  /** Does it. */
  static void act(Action action) {
    run(
        () -> {
          action.run();
          return true;
        });
  }
}
