package org.buildchain.chain.validator;

import org.buildchain.chain.abi.Word;

/** Rebuilds derivations. */
public interface Rebuilder {
  /**
   * What came out.
   *
   * @param output digest of the outputs' CID
   * @param seconds that the build took
   */
  record Rebuilt(Word output, long seconds) {}

  /** Thrown when a derivation can't or won't be built here; the message says why. */
  final class Declined extends Exception {
    private static final long serialVersionUID = 1;

    public Declined(String reason) {
      super(reason);
    }
  }

  /**
   * Builds a derivation from its inputs, whatever outputs of it are known.
   *
   * @param derivation digest of the CID of its {@code .drv}
   * @param seconds that there are
   * @throws Declined if this machine can't or won't
   */
  Rebuilt rebuild(Word derivation, long seconds) throws Declined, InterruptedException;
}
