package org.buildchain.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code flake check} of good and broken flakes: what Nix 2.26.3 said of those that {@code
 * resources/flake-check.sh} makes stands in {@code resources/flake-check.txt}.
 */
class FlakeCheckTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @AfterAll
  static void stop() {
    BC.close();
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return Transcript.tests("flake-check", BC, temp);
  }
}
