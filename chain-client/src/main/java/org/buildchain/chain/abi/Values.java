package org.buildchain.chain.abi;

import java.math.BigInteger;
import java.util.List;
import org.buildchain.store.format.FormatException;

/** Values that were decoded, by their places. What {@link AbiType} says has been checked. */
public record Values(List<Object> all) {
  public Values {
    all = List.copyOf(all);
  }

  /** The number at a place. */
  public BigInteger number(int i) {
    return (BigInteger) all.get(i);
  }

  /**
   * The number at a place.
   *
   * @throws FormatException if it is 2^63 or more
   */
  public long small(int i) {
    if (number(i).bitLength() > 63) {
      throw new FormatException("value " + i, number(i) + " is out of range");
    }
    return number(i).longValue();
  }

  /** The word at a place. */
  public Word word(int i) {
    return (Word) all.get(i);
  }

  /** The address at a place. */
  public Address address(int i) {
    return (Address) all.get(i);
  }

  /** The truth value at a place. */
  public boolean flag(int i) {
    return (Boolean) all.get(i);
  }

  /** The struct or array at a place. */
  @SuppressWarnings("unchecked")
  public Values part(int i) {
    return new Values((List<Object>) all.get(i));
  }
}
