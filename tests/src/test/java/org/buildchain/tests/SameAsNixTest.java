package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The derivations of {@code resources/same-as-nix}, built by bc and by the machine's Nix: the same
 * .drv paths, output paths, NAR hashes and references.
 */
class SameAsNixTest {
  private static final Path FOLDER = Path.of("src/test/resources/same-as-nix").toAbsolutePath();
  private static final String EXPRESSION = "import ./default.nix";

  private static final Bc BC = new Bc();
  private static final SortedMap<String, SameAsNix.Built> NIX = SameAsNix.byNix(FOLDER, EXPRESSION);
  private static final SortedMap<String, SameAsNix.Built> OURS =
      SameAsNix.byBc(BC, FOLDER, EXPRESSION);

  @BeforeAll
  static void thereAreEnough() {
    assertTrue(NIX.size() >= 60, "only " + NIX.size());
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  @TestFactory
  Stream<DynamicTest> derivation() {
    return NIX.entrySet().stream()
        .map(
            e ->
                dynamicTest(
                    e.getKey(),
                    () -> {
                      assertNotNull(OURS.get(e.getKey()), "bc has not built it");
                      assertEquals(e.getValue(), OURS.get(e.getKey()));
                    }));
  }

  @Test
  void bothHaveTheSame() {
    assertEquals(NIX.keySet(), OURS.keySet());
  }

  @Test
  void theStoreIsSoundAfterwards() {
    Command.Result verified = BC.run("store", "verify");
    assertEquals(0, verified.status(), verified.out() + verified.err());
  }
}
