package org.buildchain.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Environments of builders. What Nix 2.26.3 printed for the same files stands in {@code
 * resources/dev-env.txt}, without what follows from the machine or the folder of the build.
 */
class DevEnvTest {
  private static final Bc BC = new Bc();

  @TempDir static Path temp;

  @AfterAll
  static void stop() {
    BC.close();
  }

  @TestFactory
  Stream<DynamicTest> asNix() throws IOException {
    return Transcript.tests("dev-env", BC, temp.toRealPath());
  }
}
