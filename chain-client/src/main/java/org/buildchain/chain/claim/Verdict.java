package org.buildchain.chain.claim;

/** Why two outputs differ; in the order of the contracts' enum. */
public enum Verdict {
  NON_DETERMINISM,
  PUBLISHER,
  VALIDATOR
}
