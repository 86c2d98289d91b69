package org.buildchain.language.error;

/**
 * Ends what a thread computes ahead of need: whoever needs the value computes it. No expression can
 * catch it.
 */
public final class AbandonedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Without a trace: it is thrown often, and nobody reads it. */
  public AbandonedException() {
    super(null, null, false, false);
  }
}
