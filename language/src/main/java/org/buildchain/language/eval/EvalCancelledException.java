package org.buildchain.language.eval;

/** The caller has gone away or asked to stop. */
public final class EvalCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public EvalCancelledException() {
    super("interrupted by the user");
  }
}
