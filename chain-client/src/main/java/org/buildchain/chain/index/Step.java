package org.buildchain.chain.index;

import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;

/**
 * Something that happened to a claim.
 *
 * @param report its number, where it is about one; else -1
 * @param who the publisher, or who was drawn
 * @param output the digest of the output that became known; of a dispute, the publisher's
 * @param other of a dispute, the output that the report says
 * @param value what {@link Kind} says
 */
public record Step(
    Kind kind,
    long block,
    Word transaction,
    int report,
    Optional<Address> who,
    Optional<Word> output,
    Optional<Word> other,
    long value) {

  /** What happened, and what {@link Step#value} then is. */
  public enum Kind {
    /** The build class. */
    PUBLISHED,
    /** The block that decides. */
    DRAW_REQUESTED,
    /** The deadline, in seconds since 1970. */
    DRAWN,
    /** 0. */
    COMMITTED,
    /** 0. */
    MISSED,
    /** The deadline. */
    REVEALS_DUE,
    /** The build time in seconds that was reported. */
    REVEALED,
    /** The deadline. */
    OPENING_DUE,
    /** 0. */
    SHOWN,
    /** 0. */
    SLASHED,
    /** The deadline. */
    DISPUTED,
    /** The verdict's place in {@link org.buildchain.chain.claim.Verdict}. */
    SETTLED,
    /** The build time in seconds that is credited. */
    TIMED,
    /** The phase's place in {@link org.buildchain.chain.claim.Phase}. */
    ENDED
  }
}
