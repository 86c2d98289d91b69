package org.buildchain.daemon.chain.output;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;

/**
 * The blocks that claims name, which {@code bc serve} hands out: one file each, as many as a
 * setting allows.
 */
public final class OutputBlocks {
  /** How CIDs in base 32 begin that name dag-cbor blocks by a SHA-256. */
  private static final String DAG_CBOR = "bafyrei";

  private final Path folder;
  private final long most;

  /**
   * The blocks of a store.
   *
   * @param root the store's
   */
  public OutputBlocks(Path root, Settings settings) {
    this.folder = root.resolve("chain/outputs");
    this.most = settings.number("claim-blocks-max");
  }

  /** Keeps the block of a derivation's outputs; gives its CID. */
  public Cid keep(SortedMap<String, Cid> objects) throws IOException {
    Block block = Outputs.block(objects);
    keep(block);
    trim();
    return block.cid();
  }

  /** Keeps a block, of whatever kind, in one step. Nothing else is removed for it. */
  public void keep(Block block) throws IOException {
    Files.createDirectories(folder);
    Path next = folder.resolve("." + block.cid() + ".new");
    Files.write(next, block.data());
    Files.move(next, folder.resolve(block.cid().toString()), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A block, from here on the one that was used last. */
  Optional<byte[]> get(Cid cid) throws IOException {
    Path file = folder.resolve(cid.toString());
    try {
      byte[] data = Files.readAllBytes(file);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return Optional.of(data).filter(cid::matches);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Removes the blocks that were used longest ago until all together have at most as many bytes as
   * the setting says. Disputes last days, so what they need is among the newest. The small blocks
   * that say what outputs a claim names, or in what they differ, go last: without them what the
   * chain calls valid can't be found.
   */
  void trim() throws IOException {
    record Kept(Path file, boolean map, long size, FileTime used) {}
    List<Kept> all = new ArrayList<>();
    long left = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
          boolean map = file.getFileName().toString().startsWith(DAG_CBOR);
          all.add(new Kept(file, map, facts.size(), facts.lastModifiedTime()));
          left += facts.size();
        } catch (NoSuchFileException e) {
          // Another thread was faster, or gave it its name.
        }
      }
    } catch (NoSuchFileException | DirectoryIteratorException e) {
      return;
    }
    all.sort(Comparator.comparing(Kept::map).thenComparing(Kept::used));
    for (Kept oldest : all) {
      if (left <= most) {
        return;
      }
      Files.deleteIfExists(oldest.file());
      left -= oldest.size();
    }
  }
}
