package org.buildchain.chain.validator;

import java.util.Optional;
import org.buildchain.chain.abi.Word;

/**
 * What a validator was drawn for.
 *
 * @param claim the claim
 * @param number of the report, or for a juror's seat the report that is disputed
 * @param seat the juror's seat; empty for a report
 * @param derivation digest of the CID of the derivation
 * @param block that drew it
 */
record Duty(Word claim, long number, Optional<Long> seat, Word derivation, long block) {

  /** What no other duty of the validator is called. */
  String name() {
    return claim.toString().substring(2) + "-" + number + seat.map(s -> "-seat" + s).orElse("");
  }

  Duty withNumber(long other) {
    return new Duty(claim, other, seat, derivation, block);
  }

  /** What users see of it. */
  String brief() {
    return "claim " + claim.toString().substring(0, 12);
  }
}
