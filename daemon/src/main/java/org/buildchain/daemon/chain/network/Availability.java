package org.buildchain.daemon.chain.network;

import org.buildchain.chain.abi.Address;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;

/**
 * Who can be drawn.
 *
 * @param available how many of the first slots hold a validator that can be
 * @param all whether these were all slots
 */
public record Availability(int available, boolean all) {
  private static final int MOST = 32;

  /** Looks at the first slots of the registry; {@code except} doesn't count. */
  public static Availability of(ChainInUse chain, Address except) {
    Address registry = chain.network().registry();
    long slots = chain.node().call(registry, ValidatorRegistryAbi.slots()).small(0);
    int available = 0;
    for (long slot = 0; slot < Math.min(slots, MOST); slot++) {
      Address validator =
          chain.node().call(registry, ValidatorRegistryAbi.validatorAt(slot)).address(0);
      if (!validator.equals(Address.ZERO)
          && !validator.equals(except)
          && chain.node().call(registry, ValidatorRegistryAbi.isAvailable(validator)).flag(0)) {
        available++;
      }
    }
    return new Availability(available, slots <= MOST);
  }

  /** {@code 3}, or {@code at least 32} where not all slots were looked at. */
  String words() {
    return (all ? "" : "at least ") + available;
  }
}
