package org.buildchain.tests.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import org.buildchain.store.car.CarReader;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.DagLinks;

/** The reader of CAR files: what it gives are blocks that their CIDs name. */
public final class CarTarget {
  private CarTarget() {}

  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    try {
      CarReader car = new CarReader(new ByteArrayInputStream(data));
      for (Optional<Block> block; (block = car.next()).isPresent(); ) {
        if (!block.get().cid().matches(block.get().data())) {
          throw new AssertionError("a block of another digest");
        }
        links(block.get());
      }
    } catch (FormatException e) {
      // It is none.
    }
  }

  private static void links(Block block) {
    try {
      if (DagLinks.of(block.cid(), block.data()).size() > block.data().length) {
        throw new AssertionError("more links than bytes");
      }
    } catch (FormatException e) {
      // The block is none of its codec.
    }
  }
}
