package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.BLOCKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.block.PackFiles;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Row;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.posix.Posix;

/** Gives back the room of packs of which little lives. */
final class PackMover {
  /** A pack of which less lives is written anew. */
  private static final int LEAST_ALIVE_PERCENT = 50;

  /** Packs shorter than this are put together once there are many. */
  private static final long SMALL_PACK = 256 << 10;

  private static final int MANY_SMALL = 256;

  /** So much is moved in one go, which is what is held in memory of it. */
  private static final int BLOCKS_AT_ONCE = 8000;

  private static final long BYTES_AT_ONCE = 64L << 20;

  /** Who syncs something else on this disk may have to wait for so much to be written. */
  private static final long SYNCED_AT_ONCE = 1 << 20;

  private static final int ROWS_AT_ONCE = 256;

  private final Database database;
  private final BlockFiles blocks;

  PackMover(Database database, BlockFiles blocks) {
    this.database = database;
    this.blocks = blocks;
  }

  /** What lives in a pack. */
  static final class Alive {
    private long bytes;
    private long count;

    void add(int length) {
      bytes += length;
      count++;
    }
  }

  private record Moving(Cid cid, BlockPlace.Packed from) {}

  /**
   * Removes empty packs, and writes those anew that are mostly empty.
   *
   * @param packs those that no step writes any more
   * @param alive what lives in them, at most
   */
  void run(Set<Long> packs, Map<Long, Alive> alive) throws IOException {
    List<Long> small = new ArrayList<>();
    List<Long> moving = new ArrayList<>();
    for (long pack : packs) {
      Alive lives = alive.get(pack);
      if (lives == null) {
        blocks.packs().delete(pack);
        continue;
      }
      long size = blocks.packs().size(pack);
      if (lives.bytes * 100 < size * LEAST_ALIVE_PERCENT) {
        moving.add(pack);
      } else if (size < SMALL_PACK) {
        small.add(pack);
      }
    }
    if (small.size() >= MANY_SMALL) {
      moving.addAll(small);
    }
    Set<Long> group = new HashSet<>();
    long bytes = 0;
    long count = 0;
    for (long pack : moving) {
      Alive lives = alive.get(pack);
      if (count + lives.count > BLOCKS_AT_ONCE || bytes + lives.bytes > BYTES_AT_ONCE) {
        empty(group);
        group.clear();
        bytes = 0;
        count = 0;
      }
      group.add(pack);
      bytes += lives.bytes;
      count += lives.count;
    }
    empty(group);
  }

  /** Moves what lives in some packs to others, and removes them. */
  private void empty(Set<Long> packs) throws IOException {
    if (packs.isEmpty()) {
      return;
    }
    List<Moving> found = new ArrayList<>();
    try {
      database.slices(
          BLOCKS,
          rows -> {
            for (Row row : rows) {
              if (BlockPlace.decode(row.value()) instanceof BlockPlace.Packed from
                  && packs.contains(from.pack())) {
                found.add(new Moving(Cid.ofBytes(row.key()), from));
              }
            }
            if (found.size() >= BLOCKS_AT_ONCE
                || found.stream().mapToLong(m -> m.from().length()).sum() >= BYTES_AT_ONCE) {
              move(found);
              found.clear();
            }
            Collector.stopIfInterrupted();
          });
      move(found);
    } catch (StoreException e) {
      // A damaged block: 'verify' reports it, and the packs stay as they are.
      return;
    }
    for (long pack : packs) {
      blocks.packs().delete(pack);
    }
  }

  /** Writes blocks into a new pack, in the order in which they stand. */
  private void move(List<Moving> some) throws IOException {
    if (some.isEmpty()) {
      return;
    }
    some.sort(
        Comparator.<Moving>comparingLong(m -> m.from().pack())
            .thenComparingLong(m -> m.from().offset()));
    List<BlockPlace.Packed> to = new ArrayList<>();
    try (PackFiles.Writer writer = blocks.packs().writer()) {
      long unsynced = 0;
      for (Moving block : some) {
        to.add(writer.add(ByteBuffer.wrap(blocks.readAndCheck(block.cid()))));
        unsynced += block.from().length();
        if (unsynced >= SYNCED_AT_ONCE) {
          writer.sync();
          unsynced = 0;
        }
      }
      writer.sync();
      writer.name();
      Posix.sync(blocks.packs().folder().toString());
      // From the first transaction on something may refer to it.
      writer.keep();
      for (int at = 0; at < some.size(); at += ROWS_AT_ONCE) {
        int first = at;
        int end = Math.min(some.size(), at + ROWS_AT_ONCE);
        database.write(
            w -> {
              for (int i = first; i < end; i++) {
                byte[] key = some.get(i).cid().bytes();
                Optional<byte[]> now = w.get(BLOCKS, key);
                if (now.isPresent() && BlockPlace.decode(now.get()).equals(some.get(i).from())) {
                  w.put(BLOCKS, key, to.get(i).encode());
                }
              }
            });
      }
    }
  }
}
