package org.buildchain.daemon.command.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;

/** Names expected are those that nix-build 2.8.0 makes for the same derivations. */
class OutLinksTest {
  private static final StorePath A = new StorePath("0123456789abcdfghijklmnpqrsvwxyz", "a.drv");
  private static final StorePath B = new StorePath("1123456789abcdfghijklmnpqrsvwxyz", "b.drv");

  @Test
  void derivationsAreCountedAndOutputsNamed() {
    OutLinks links = new OutLinks("result");
    assertEquals("result", links.name(A, "out"));
    assertEquals("result-dev", links.name(A, "dev"));
    assertEquals("result-2", links.name(B, "out"));
    assertEquals("result-2-lib", links.name(B, "lib"));
    assertEquals("result-man", links.name(A, "man"));
  }
}
