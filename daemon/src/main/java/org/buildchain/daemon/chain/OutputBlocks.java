package org.buildchain.daemon.chain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;

/** The small blocks that claims name: one file each, which {@code bc serve} hands out. */
final class OutputBlocks {
  private final Path folder;

  OutputBlocks(Path root) {
    this.folder = root.resolve("chain/outputs");
  }

  /** Keeps the block of a derivation's outputs; gives its CID. */
  Cid keep(SortedMap<String, Cid> objects) throws IOException {
    Block block = Outputs.block(objects);
    keep(block);
    return block.cid();
  }

  void keep(Block block) throws IOException {
    Files.createDirectories(folder);
    Path next = folder.resolve("." + block.cid() + ".new");
    Files.write(next, block.data());
    Files.move(next, folder.resolve(block.cid().toString()), StandardCopyOption.ATOMIC_MOVE);
  }

  Optional<byte[]> get(Cid cid) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(folder.resolve(cid.toString()))).filter(cid::matches);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
