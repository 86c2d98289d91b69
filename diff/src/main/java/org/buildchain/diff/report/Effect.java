package org.buildchain.diff.report;

/** How far a difference can reach, from the least on. */
public enum Effect {
  /**
   * Nothing that runs reads it: of two outputs that differ in such places alone, who trusts one may
   * trust the other.
   */
  NONE("none"),
  /** A cause is known, but programs may read the bytes and act by them. */
  DATA("data"),
  /** Instructions, what decides how they are loaded, or something that was not understood. */
  CODE("code");

  private final String label;

  Effect(String label) {
    this.label = label;
  }

  /** The stable name. */
  public String label() {
    return label;
  }

  /** The further-reaching of both. */
  public Effect or(Effect other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
