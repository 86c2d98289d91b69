package org.buildchain.substituter.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;

/**
 * The blocks that a gateway has.
 *
 * @param loose a folder of blocks besides those of the store, each a file named by its CID
 */
record BlockFinder(DiskStore store, Path loose) {
  /** A block, verified; empty if it is not here. */
  Optional<byte[]> find(AnyCid cid) throws IOException {
    Optional<byte[]> inline = cid.inline();
    if (inline.isPresent()) {
      return inline;
    }
    Optional<Cid> stored = cid.stored();
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> block = store.block(stored.get().toString());
    return block.isPresent() ? block : loose(stored.get());
  }

  private Optional<byte[]> loose(Cid cid) throws IOException {
    try (InputStream in = Files.newInputStream(loose.resolve(cid.toString()))) {
      return Optional.of(in.readNBytes(Block.MAX_SIZE + 1)).filter(cid::matches);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * A block that must be here.
   *
   * @throws StoreException if it is not
   */
  byte[] get(AnyCid cid) throws IOException {
    return find(cid).orElseThrow(() -> new StoreException("block " + cid + " is not here"));
  }
}
