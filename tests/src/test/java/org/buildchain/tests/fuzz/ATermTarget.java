package org.buildchain.tests.fuzz;

import org.buildchain.derivation.ATerm;
import org.buildchain.derivation.Derivation;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;

/** The reader of derivations: what it accepts is printed and read again as the same. */
public final class ATermTarget {
  private ATermTarget() {}

  public static void fuzzerTestOneInput(byte[] data) {
    Derivation read;
    try {
      read = ATerm.parse(Octets.of(data), "fuzz", StoreDir.DEFAULT);
    } catch (FormatException e) {
      return;
    }
    String printed = ATerm.print(read, StoreDir.DEFAULT);
    if (!ATerm.parse(printed, "fuzz", StoreDir.DEFAULT).equals(read)) {
      throw new AssertionError("not the same derivation when read again: " + printed);
    }
  }
}
