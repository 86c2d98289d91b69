package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.BLOCKS;
import static org.buildchain.store.database.Table.META;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.database.Database;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;

/**
 * What a store does about blocks that its disk has lost or falsified: it forgets them, so that
 * whoever adds the same content writes them anew. That some are missing stands in the database, so
 * that a store that is whole never looks. Thread-safe.
 */
final class Damage {
  private static final byte[] KEY = "damaged".getBytes(StandardCharsets.US_ASCII);

  private final Database database;
  private final BlockFiles blocks;
  private final PartialPaths partial;
  private volatile boolean any;

  Damage(Database database, BlockFiles blocks, PartialPaths partial) {
    this.database = database;
    this.partial = partial;
    this.blocks = blocks;
    this.any = database.read(r -> r.has(META, KEY));
  }

  /** Whether blocks were forgotten that may be missing still. */
  boolean any() {
    return any;
  }

  /** Notes that nothing is missing any more. */
  void mended() {
    if (any) {
      database.write(w -> w.delete(META, KEY));
      any = false;
    }
  }

  /**
   * Reads every block, and forgets those that are absent or other than their names say.
   *
   * @return how many those are
   */
  int forget(Map<Cid, BlockPlace> places) {
    Map<Cid, BlockPlace> bad = new TreeMap<>(Comparator.comparing(Cid::toString));
    places.forEach(
        (cid, place) -> {
          try {
            blocks.readAndCheck(cid);
          } catch (StoreException | IOException e) {
            bad.put(cid, place);
          }
        });
    if (!bad.isEmpty()) {
      any = true;
      database.write(
          w -> {
            w.put(META, KEY, new byte[0]);
            bad.forEach(
                (cid, place) -> {
                  Optional<BlockPlace> now = w.get(BLOCKS, cid.bytes()).map(BlockPlace::decode);
                  // Unless it was collected, or written again, meanwhile.
                  if (now.equals(Optional.of(place))) {
                    w.delete(BLOCKS, cid.bytes());
                  }
                });
          });
    }
    return bad.size();
  }

  /** Whether every block of a path is known. */
  boolean isWhole(PathInfo info) {
    if (partial.contains(info.path())) {
      // What it lacks is fetched when it is read, lost or never here.
      return true;
    }
    try {
      BlockWalk.of(
          Cid.parse(info.object()),
          blocks::readAndCheck,
          cid -> {
            if (blocks.place(cid).isEmpty()) {
              throw new StoreException("block " + cid + " is missing");
            }
            return true;
          });
      return true;
    } catch (StoreException | FormatException | IOException e) {
      return false;
    }
  }
}
