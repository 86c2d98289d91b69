package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.BLOCKS;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.buildchain.store.block.BlockBatch;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Row;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;

/** Takes blocks away from the database and the disk. */
final class Sweeper {
  /** Transactions are short, so that nobody waits long for one. */
  private static final int AT_ONCE = 256;

  private final Database database;
  private final BlockFiles blocks;

  Sweeper(Database database, BlockFiles blocks) {
    this.database = database;
    this.blocks = blocks;
  }

  /**
   * Removes blocks that nobody leases and that still stand where they are said to.
   *
   * @return those that it removed
   */
  Set<Cid> remove(Map<Cid, BlockPlace> garbage) throws IOException {
    Set<Cid> all = new HashSet<>();
    List<Cid> cids = List.copyOf(garbage.keySet());
    for (int at = 0; at < cids.size(); at += AT_ONCE) {
      List<Cid> some = cids.subList(at, Math.min(cids.size(), at + AT_ONCE));
      List<Cid> taken = new ArrayList<>();
      try {
        List<Cid> removed = new ArrayList<>();
        database.write(
            w -> {
              taken.addAll(blocks.leases().condemn(some));
              for (Cid cid : taken) {
                Optional<byte[]> now = w.get(BLOCKS, cid.bytes());
                if (now.isPresent() && BlockPlace.decode(now.get()).equals(garbage.get(cid))) {
                  w.delete(BLOCKS, cid.bytes());
                  removed.add(cid);
                }
              }
            });
        for (Cid cid : removed) {
          blocks.forget(cid);
          switch (garbage.get(cid)) {
            case BlockPlace.Own _ -> unlink(cid);
            case BlockPlace.Packed packed when packed.length() >= BlockBatch.PACKED ->
                blocks.packs().punch(packed);
            case BlockPlace.Packed _ -> {}
          }
        }
        all.addAll(removed);
      } finally {
        blocks.leases().acquit(taken);
      }
    }
    return all;
  }

  /** Removes a block's own file if neither a step nor the database has it. */
  private void unlink(Cid cid) throws IOException {
    blocks
        .leases()
        .unlessLeased(
            cid,
            () -> {
              if (!hasOwn(cid)) {
                Files.deleteIfExists(blocks.file(cid));
              }
            });
  }

  /**
   * Removes every block that is not wanted, files that no block stands in, and packs that are
   * mostly empty.
   */
  void run(Predicate<Cid> wanted) throws IOException {
    Set<Long> before = blocks.packs().list();
    before.removeIf(blocks.packs()::isBeingWritten);
    Map<Long, PackMover.Alive> alive = new HashMap<>();
    database.slices(
        BLOCKS,
        rows -> {
          Map<Cid, BlockPlace> garbage = new LinkedHashMap<>();
          List<BlockPlace> staying = new ArrayList<>();
          for (Row row : rows) {
            Cid cid = Cid.ofBytes(row.key());
            BlockPlace place = BlockPlace.decode(row.value());
            if (wanted.test(cid)) {
              staying.add(place);
            } else {
              garbage.put(cid, place);
            }
          }
          garbage.keySet().removeAll(remove(garbage));
          // Somebody leases these.
          staying.addAll(garbage.values());
          for (BlockPlace place : staying) {
            if (place instanceof BlockPlace.Packed(long pack, long at, int length)
                && before.contains(pack)) {
              alive.computeIfAbsent(pack, n -> new PackMover.Alive()).add(length);
            }
          }
          Collector.stopIfInterrupted();
        });
    removeFiles();
    new PackMover(database, blocks).run(before, alive);
  }

  private boolean hasOwn(Cid cid) {
    return blocks.place(cid).filter(p -> p instanceof BlockPlace.Own).isPresent();
  }

  /** Files that a crash left, or another step that wrote the block into a pack. */
  private void removeFiles() throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(blocks.folder())) {
      for (Path name : names) {
        try {
          Cid cid = Cid.parse(name.getFileName().toString());
          if (!hasOwn(cid)) {
            unlink(cid);
          }
        } catch (FormatException e) {
          // One that is being written, or none of ours.
        }
      }
    }
  }
}
