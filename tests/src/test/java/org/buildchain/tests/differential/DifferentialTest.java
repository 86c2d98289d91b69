package org.buildchain.tests.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short run of the differential tester against the machine's Nix; {@code
 * tests/conformance/differential} makes longer ones.
 */
class DifferentialTest {
  private static final int COUNT = 2000;

  @TempDir Path temporary;

  @Test
  void agreesWithNix() throws Exception {
    Tally tally =
        Differential.compare(
            List.of("nix-instantiate"), temporary.resolve("run"), Path.of("/"), 1, 0, COUNT, 2);
    assertEquals(0, tally.unexplained(), () -> tally.report(false));
    assertEquals(COUNT, tally.total());
  }
}
