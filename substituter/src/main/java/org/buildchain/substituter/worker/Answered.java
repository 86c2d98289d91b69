package org.buildchain.substituter.worker;

import java.io.UncheckedIOException;

/** A request failed, and its client knows: it was told while it was sending. */
final class Answered extends RuntimeException {
  private static final long serialVersionUID = 1;

  Answered(RuntimeException cause) {
    super(cause);
  }

  /** What a client is told of a failure. */
  static String message(RuntimeException e) {
    String message =
        e instanceof UncheckedIOException io ? io.getCause().getMessage() : e.getMessage();
    return Conversation.words(String.valueOf(message));
  }
}
