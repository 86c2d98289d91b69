package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.posix.Posix;

/**
 * Blocks that become part of the store together: those that are there are leased, so that the
 * collector leaves them; new ones are written, then made durable, and then the caller tells the
 * database. For one thread.
 */
final class BlockBatch implements Block.Sink, Block.Source, AutoCloseable {
  /** Smaller blocks go into a pack. */
  static final int PACKED = 64 << 10;

  /** A pack grows no further than this; the next one begins. */
  private static final long MAX_PACK = 256L << 20;

  /** From this many files on, one sync of the file system is cheaper than one for each. */
  private static final int MANY_FILES = 4;

  private final BlockFiles files;
  private final Set<Cid> leased = new HashSet<>();
  private final Map<Cid, Path> own = new LinkedHashMap<>();
  private final Map<Cid, BlockPlace> places = new HashMap<>();
  private final Map<Long, PackFiles.Writer> packs = new LinkedHashMap<>();
  private Optional<PackFiles.Writer> pack = Optional.empty();
  private long room;
  private boolean published;

  BlockBatch(BlockFiles files) {
    this.files = files;
  }

  @Override
  public void put(Block block) throws IOException {
    Cid cid = block.cid();
    if (!leased.add(cid) || files.leases().lease(cid, () -> files.place(cid).isPresent())) {
      return;
    }
    if (block.data().length >= PACKED) {
      own.put(cid, files.writeNew(block.data()));
      places.put(cid, new BlockPlace.Own(ThreadLocalRandom.current().nextLong()));
      return;
    }
    if (pack.isEmpty() || room < block.data().length) {
      pack = Optional.of(files.packs().writer());
      room = MAX_PACK;
    }
    BlockPlace.Packed place = pack.get().add(block.data());
    packs.put(place.pack(), pack.get());
    room -= block.data().length;
    places.put(cid, place);
  }

  /** Keeps a block that is there; false if it is not, and must be put. */
  boolean hold(Cid cid) {
    if (!leased.add(cid) || files.leases().lease(cid, () -> files.place(cid).isPresent())) {
      return true;
    }
    leased.remove(cid);
    files.leases().release(List.of(cid));
    return false;
  }

  /** A block of the batch or of the store. */
  @Override
  public byte[] get(Cid cid) throws IOException {
    BlockPlace place = places.get(cid);
    return switch (place) {
      case null -> files.get(cid);
      case BlockPlace.Own _ -> Files.readAllBytes(published ? files.file(cid) : own.get(cid));
      case BlockPlace.Packed packed -> packs.get(packed.pack()).read(packed);
    };
  }

  /**
   * Gives the blocks their names and makes them durable. Nothing refers to them yet: a crash before
   * the database knows them leaves files that the next writer of the block, or the collector,
   * replaces or removes.
   *
   * @return where the new blocks stand
   */
  Map<Cid, BlockPlace> publish() throws IOException {
    boolean many = own.size() + packs.size() >= MANY_FILES;
    for (Map.Entry<Cid, Path> entry : own.entrySet()) {
      if (!many) {
        try (FileChannel channel = FileChannel.open(entry.getValue(), StandardOpenOption.READ)) {
          channel.force(false);
        }
      }
      Files.move(
          entry.getValue(),
          files.file(entry.getKey()),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    published = true;
    for (PackFiles.Writer writer : packs.values()) {
      if (many) {
        writer.flush();
      } else {
        writer.sync();
      }
    }
    if (many) {
      // One call for all: a sync of each file would cost a turn of the disk for each.
      Posix.syncFileSystem(files.folder().toString());
    } else {
      if (!own.isEmpty()) {
        Posix.sync(files.folder().toString());
      }
      if (!packs.isEmpty()) {
        Posix.sync(files.packs().folder().toString());
      }
    }
    return places;
  }

  /** The database knows the blocks: they stay. */
  void keep() {
    packs.values().forEach(PackFiles.Writer::keep);
  }

  /** Drops what was not kept, and the leases. */
  @Override
  public void close() throws IOException {
    try {
      if (!published) {
        for (Path file : own.values()) {
          Files.deleteIfExists(file);
        }
      }
      for (PackFiles.Writer writer : packs.values()) {
        writer.close();
      }
    } finally {
      files.leases().release(leased);
    }
  }
}
