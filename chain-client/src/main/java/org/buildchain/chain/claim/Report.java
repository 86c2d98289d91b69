package org.buildchain.chain.claim;

import org.buildchain.chain.abi.Word;

/**
 * A validator's service on a claim.
 *
 * @param slot where the validator stands in the registry
 * @param time seconds: from draw to commitment, once revealed the reported build time
 * @param answer how the commitment begins, once revealed how the output does ({@link
 *     Commitments#kept})
 */
public record Report(long slot, long round, Status status, long time, Word answer) {
  /** How far it got; in the order of the contracts' enum. */
  public enum Status {
    NONE,
    DRAWN,
    COMMITTED,
    REVEALED,
    MISSED,
    SLASHED,
    RELEASED
  }
}
