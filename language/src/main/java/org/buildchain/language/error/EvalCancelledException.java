package org.buildchain.language.error;

/** The caller has gone away or asked to stop. */
public final class EvalCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With the words that the user is told. */
  public EvalCancelledException() {
    super("interrupted by the user");
  }
}
