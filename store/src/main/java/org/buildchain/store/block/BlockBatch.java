package org.buildchain.store.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
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

/**
 * Blocks that become part of the store together: those that are there are leased, so that the
 * collector leaves them; new ones are written, then made durable, and then the caller tells the
 * database. For one thread at a time.
 */
public final class BlockBatch implements Block.Sink, Block.Source, AutoCloseable {
  /** Smaller blocks go into a pack. */
  public static final int PACKED = 64 << 10;

  /**
   * So many larger ones have files of their own, which cost more than their bytes when many. The
   * others go into packs without small ones, which are read together.
   */
  public static final int MAX_OWN = 16;

  /** A pack grows no further than this; the next one begins. */
  private static final long MAX_PACK = 256L << 20;

  /**
   * So many bytes of small blocks wait in memory for the step to end: those of several batches that
   * end together share a pack.
   */
  private static final int MAX_WAITING = 256 << 10;

  private final BlockFiles files;
  private final Set<Cid> leased = new HashSet<>();
  private final Map<Cid, Path> own = new LinkedHashMap<>();
  private final Map<Cid, BlockPlace> places = new HashMap<>();
  private final Map<Cid, byte[]> waiting = new LinkedHashMap<>();
  private int waitingBytes;
  private final Map<Long, PackFiles.Writer> packs = new LinkedHashMap<>();
  private final Packing small = new Packing();
  private final Packing large = new Packing();
  private long bytes;
  private boolean published;

  BlockBatch(BlockFiles files) {
    this.files = files;
  }

  @Override
  public void put(Block block) throws IOException {
    put(block.cid(), MemorySegment.ofArray(block.data()));
  }

  @Override
  public void put(Cid cid, MemorySegment data) throws IOException {
    if (isHere(cid)) {
      return;
    }
    int length = (int) data.byteSize();
    bytes += length;
    if (length >= PACKED && own.size() < MAX_OWN) {
      own.put(cid, files.writeNew(data.asByteBuffer()));
      places.put(cid, new BlockPlace.Own(ThreadLocalRandom.current().nextLong()));
    } else if (length >= PACKED) {
      large.add(cid, data.asByteBuffer());
    } else if (small.isEmpty() && length <= MAX_WAITING - waitingBytes) {
      waiting.put(cid, data.toArray(ValueLayout.JAVA_BYTE));
      waitingBytes += length;
    } else {
      for (Map.Entry<Cid, byte[]> earlier : waiting.entrySet()) {
        small.add(earlier.getKey(), ByteBuffer.wrap(earlier.getValue()));
      }
      waiting.clear();
      waitingBytes = 0;
      small.add(cid, data.asByteBuffer());
    }
  }

  /** Whether a block is there already or in this batch; it stays there then. */
  private boolean isHere(Cid cid) {
    return !leased.add(cid) || files.leases().lease(cid, () -> files.place(cid).isPresent());
  }

  /** Packs that are written one after the other. */
  private final class Packing {
    private Optional<PackFiles.Writer> pack = Optional.empty();
    private long room;

    boolean isEmpty() {
      return pack.isEmpty();
    }

    void add(Cid cid, ByteBuffer data) throws IOException {
      int length = data.remaining();
      if (pack.isEmpty() || room < length) {
        pack = Optional.of(files.packs().writer());
        room = MAX_PACK;
      }
      BlockPlace.Packed place = pack.get().add(data);
      packs.put(place.pack(), pack.get());
      room -= length;
      places.put(cid, place);
    }
  }

  /** Takes no more memory than it must until more blocks come or the step ends. */
  public void rest() throws IOException {
    for (PackFiles.Writer writer : packs.values()) {
      writer.rest();
    }
  }

  /** How many bytes of blocks are in memory, once it rests. */
  public int memory() {
    return waitingBytes;
  }

  /** Keeps a block that is there; false if it is not, and must be put. */
  public boolean hold(Cid cid) {
    if (isHere(cid)) {
      return true;
    }
    leased.remove(cid);
    files.leases().release(List.of(cid));
    return false;
  }

  /** A block of the batch or of the store. */
  @Override
  public byte[] get(Cid cid) throws IOException {
    byte[] small = waiting.get(cid);
    if (small != null) {
      return small;
    }
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
  public Map<Cid, BlockPlace> publish() throws IOException {
    return publish(List.of(this));
  }

  /**
   * The same for several batches of one store at once: as durable, and it waits for the disk once.
   */
  public static Map<Cid, BlockPlace> publish(Collection<BlockBatch> batches) throws IOException {
    Map<Cid, BlockPlace> all = gathered(batches);
    int count = batches.stream().mapToInt(b -> b.own.size() + b.packs.size()).sum();
    boolean many = count >= BlockFiles.MANY;
    for (BlockBatch batch : batches) {
      batch.write(!many);
    }
    if (!batches.isEmpty()) {
      BlockFiles files = batches.iterator().next().files;
      if (many) {
        files.sync();
      } else {
        BlockFiles.syncFolders(named(batches));
      }
    }
    return all;
  }

  /** The files of new blocks that have got their names. */
  public static Set<Path> named(Collection<BlockBatch> batches) {
    Set<Path> named = new HashSet<>();
    for (BlockBatch batch : batches) {
      batch.own.keySet().forEach(cid -> named.add(batch.files.file(cid)));
      batch.packs.values().forEach(pack -> named.add(pack.file()));
    }
    return named;
  }

  /**
   * Gives the blocks of several batches of one store their names; they are durable once their files
   * are {@link BlockFiles#sync synced}.
   *
   * @return where the new blocks stand
   */
  public static Map<Cid, BlockPlace> name(Collection<BlockBatch> batches) throws IOException {
    Map<Cid, BlockPlace> all = gathered(batches);
    for (BlockBatch batch : batches) {
      batch.write(false);
    }
    return all;
  }

  /** Puts the small blocks that wait into a pack. */
  private static Map<Cid, BlockPlace> gathered(Collection<BlockBatch> batches) throws IOException {
    Map<Cid, BlockPlace> all = new HashMap<>();
    batches.forEach(b -> all.putAll(b.places));
    for (BlockBatch batch : batches) {
      BlockBatch first = batches.iterator().next();
      for (Map.Entry<Cid, byte[]> small : batch.waiting.entrySet()) {
        if (!all.containsKey(small.getKey())) {
          first.small.add(small.getKey(), ByteBuffer.wrap(small.getValue()));
          all.put(small.getKey(), first.places.get(small.getKey()));
        }
      }
    }
    return all;
  }

  /** Gives the files their names. */
  private void write(boolean sync) throws IOException {
    for (Map.Entry<Cid, Path> entry : own.entrySet()) {
      if (sync) {
        try (FileChannel channel = FileChannel.open(entry.getValue(), StandardOpenOption.READ)) {
          channel.force(false);
        }
      }
      files.name(entry.getValue(), entry.getKey(), sync);
    }
    published = true;
    for (PackFiles.Writer writer : packs.values()) {
      if (sync) {
        writer.sync();
      } else {
        writer.flush();
      }
      writer.name();
    }
  }

  /** How many bytes the new blocks have, in memory and in files. */
  public long bytes() {
    return bytes;
  }

  /** The database knows the blocks: they stay. */
  public void keep() {
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
