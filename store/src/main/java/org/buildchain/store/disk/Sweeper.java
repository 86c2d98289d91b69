package org.buildchain.store.disk;

import static org.buildchain.store.disk.Database.Table.BLOCKS;

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
import java.util.TreeMap;
import java.util.function.Predicate;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;

/** Takes blocks away from the database and the disk, and gives packs' room back. */
final class Sweeper {
  /** Transactions are short, so that nobody waits long for one. */
  private static final int AT_ONCE = 256;

  /** A pack of which less lives is written anew. */
  private static final int LEAST_ALIVE_PERCENT = 50;

  /** Packs shorter than this are put together once there are many. */
  private static final long SMALL_PACK = 256 << 10;

  private static final int MANY_SMALL = 256;
  private static final int MOVED_AT_ONCE = 2000;

  private final Database database;
  private final BlockFiles blocks;

  Sweeper(Database database, BlockFiles blocks) {
    this.database = database;
    this.blocks = blocks;
  }

  /** Removes blocks that nobody leases and that still stand where they are said to. */
  void remove(Map<Cid, BlockPlace> garbage) throws IOException {
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
          if (garbage.get(cid) instanceof BlockPlace.Own) {
            unlink(cid);
          }
        }
      } finally {
        blocks.leases().acquit(taken);
      }
    }
  }

  /** Removes a block's own file if neither a step nor the database has the block. */
  private void unlink(Cid cid) throws IOException {
    blocks
        .leases()
        .unlessLeased(
            cid,
            () -> {
              if (blocks.place(cid).isEmpty()) {
                Files.deleteIfExists(blocks.file(cid));
              }
            });
  }

  /** What lives in a pack. */
  private static final class Pack {
    private long alive;
    private final List<Cid> cids = new ArrayList<>();
  }

  /**
   * Removes every block that is not wanted, files that no block stands in, and packs that are
   * mostly empty.
   */
  void run(Predicate<Cid> wanted) throws IOException {
    Set<Long> before = blocks.packs().list();
    before.removeIf(blocks.packs()::isBeingWritten);
    Set<Cid> files = ownFiles();
    Map<Cid, BlockPlace> garbage = new LinkedHashMap<>();
    Map<Long, Pack> packs = new TreeMap<>();
    database.read(
        r -> {
          r.scan(
              BLOCKS,
              new byte[0],
              (k, v) -> {
                Cid cid = Cid.ofBytes(k);
                BlockPlace place = BlockPlace.decode(v);
                if (!wanted.test(cid)) {
                  garbage.put(cid, place);
                } else if (place instanceof BlockPlace.Packed(long number, long at, int length)) {
                  Pack pack = packs.computeIfAbsent(number, n -> new Pack());
                  pack.alive += length;
                  pack.cids.add(cid);
                }
                files.remove(cid);
                return true;
              });
          return true;
        });
    remove(garbage);
    for (Cid cid : files) {
      unlink(cid);
    }
    packs(before);
  }

  private Set<Cid> ownFiles() throws IOException {
    Set<Cid> files = new HashSet<>();
    try (DirectoryStream<Path> names = Files.newDirectoryStream(blocks.folder())) {
      for (Path name : names) {
        try {
          files.add(Cid.parse(name.getFileName().toString()));
        } catch (FormatException e) {
          // One that is being written, or none of ours.
        }
      }
    }
    return files;
  }

  private void packs(Set<Long> before) throws IOException {
    Map<Long, Pack> packs = new HashMap<>();
    database.read(
        r -> {
          r.scan(
              BLOCKS,
              new byte[0],
              (k, v) -> {
                if (BlockPlace.decode(v) instanceof BlockPlace.Packed(long n, long at, int length)
                    && before.contains(n)) {
                  Pack pack = packs.computeIfAbsent(n, x -> new Pack());
                  pack.alive += length;
                  pack.cids.add(Cid.ofBytes(k));
                }
                return true;
              });
          return true;
        });
    List<Long> small = new ArrayList<>();
    List<Long> moving = new ArrayList<>();
    for (long number : before) {
      Pack pack = packs.get(number);
      if (pack == null) {
        blocks.packs().delete(number);
        continue;
      }
      long size = blocks.packs().size(number);
      if (pack.alive * 100 < size * LEAST_ALIVE_PERCENT) {
        moving.add(number);
      } else if (size < SMALL_PACK) {
        small.add(number);
      }
    }
    if (small.size() >= MANY_SMALL) {
      moving.addAll(small);
    }
    List<Long> emptied = new ArrayList<>();
    List<Cid> cids = new ArrayList<>();
    for (long number : moving) {
      cids.addAll(packs.get(number).cids);
      emptied.add(number);
      if (cids.size() >= MOVED_AT_ONCE) {
        move(cids, emptied);
      }
    }
    move(cids, emptied);
  }

  /** Writes blocks into a new pack and removes the old ones, unless one could not be read. */
  private void move(List<Cid> cids, List<Long> emptied) throws IOException {
    if (cids.isEmpty()) {
      return;
    }
    Map<Cid, BlockPlace> from = new HashMap<>();
    Map<Cid, BlockPlace> to = new HashMap<>();
    try (PackFiles.Writer writer = blocks.packs().writer()) {
      for (Cid cid : cids) {
        Optional<BlockPlace> place = blocks.place(cid);
        if (place.isPresent()) {
          from.put(cid, place.get());
          to.put(cid, writer.add(blocks.readAndCheck(cid)));
        }
      }
      writer.sync();
      org.buildchain.store.posix.Posix.sync(blocks.packs().folder().toString());
      // From the first transaction on something may refer to it.
      writer.keep();
      List<Cid> all = List.copyOf(to.keySet());
      for (int at = 0; at < all.size(); at += AT_ONCE) {
        List<Cid> some = all.subList(at, Math.min(all.size(), at + AT_ONCE));
        database.write(
            w -> {
              for (Cid cid : some) {
                Optional<byte[]> now = w.get(BLOCKS, cid.bytes());
                if (now.isPresent() && BlockPlace.decode(now.get()).equals(from.get(cid))) {
                  w.put(BLOCKS, cid.bytes(), to.get(cid).encode());
                }
              }
            });
      }
      for (long number : emptied) {
        blocks.packs().delete(number);
      }
    } catch (StoreException e) {
      // A damaged block: 'verify' reports it, and the packs stay as they are.
    } finally {
      cids.clear();
      emptied.clear();
    }
  }
}
