package org.buildchain.language.eval;

/**
 * Ends what a thread computes ahead of need: whoever needs the value computes it. No expression can
 * catch it.
 */
final class AbandonedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  AbandonedException() {
    super(null, null, false, false);
  }
}
