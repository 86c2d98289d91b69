package org.buildchain.chain.claim;

/** Where a claim stands; in the order of the contracts' enum. */
public enum Phase {
  NONE,
  DRAWING,
  BUILDING,
  REVEALING,
  OPENING,
  DISPUTED,
  VALID,
  UNREPRODUCIBLE,
  REFUTED,
  ABANDONED;

  /** Whether nothing follows. */
  public boolean isEnd() {
    return ordinal() >= VALID.ordinal();
  }
}
