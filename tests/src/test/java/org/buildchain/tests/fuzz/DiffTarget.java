package org.buildchain.tests.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.buildchain.diff.compare.TreeDiff;
import org.buildchain.diff.report.Report;
import org.buildchain.store.tree.MemoryFile;

/** The readers of formats in bc diff: different files differ, whichever stands first. */
public final class DiffTarget {
  private DiffTarget() {}

  /** The first half against the second. */
  public static void fuzzerTestOneInput(byte[] data) {
    byte[] left = Arrays.copyOfRange(data, 0, data.length / 2);
    byte[] right = Arrays.copyOfRange(data, data.length / 2, data.length);
    Report one = compare(left, right);
    Report other = compare(right, left);
    if (one.same() != Arrays.equals(left, right)) {
      throw new AssertionError("a difference that is not seen");
    }
    if (one.effect() != other.effect()) {
      throw new AssertionError("sides that are not treated alike");
    }
  }

  private static Report compare(byte[] left, byte[] right) {
    try {
      return TreeDiff.compare(new MemoryFile(left, false), new MemoryFile(right, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
