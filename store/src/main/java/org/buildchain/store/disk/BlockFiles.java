package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.buildchain.store.StoreException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.posix.Posix;

/**
 * A read-only file for each block, named by its CID. Whatever is read is digested again: a disk
 * that lies is found out.
 */
final class BlockFiles implements Block.Source {
  private static final String NEW = ".new-";
  private static final long CACHE_BYTES = 128L << 20;

  private final Path folder;
  private final AtomicLong counter = new AtomicLong();
  private final BlockCache cache = new BlockCache(CACHE_BYTES);

  /** Takes over the folder; removes what a killed process left half-written. */
  BlockFiles(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, NEW + "*")) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  private Path file(Cid cid) {
    return folder.resolve(cid.toString());
  }

  @Override
  public byte[] get(Cid cid) throws IOException {
    byte[] cached = cache.get(cid);
    if (cached.length > 0) {
      return cached;
    }
    byte[] data = readAndCheck(cid);
    cache.put(cid, data);
    return data;
  }

  /**
   * Reads a block from the disk, past the cache.
   *
   * @throws StoreException if the file is absent or is not the block of this name
   */
  byte[] readAndCheck(Cid cid) throws IOException {
    byte[] data;
    try {
      Path file = file(cid);
      long size = Files.size(file);
      if (size > Block.MAX_SIZE) {
        throw corrupt(cid);
      }
      data = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new StoreException(
          "block " + cid + " is missing; 'bc store verify' tells which paths it belongs to", e);
    }
    if (!cid.matches(data)) {
      throw corrupt(cid);
    }
    return data;
  }

  private static StoreException corrupt(Cid cid) {
    return new StoreException(
        "block "
            + cid
            + " is corrupted: its content has another digest; 'bc store verify' tells which paths"
            + " it belongs to");
  }

  /**
   * Blocks that become part of the store together.
   *
   * @param known tells which blocks are durable already
   */
  Batch batch(Predicate<Cid> known) {
    return new Batch(known);
  }

  /** See {@link #batch}. For one thread. */
  final class Batch implements Block.Sink, AutoCloseable {
    private final Predicate<Cid> known;
    private final Map<Cid, Path> fresh = new LinkedHashMap<>();
    private boolean published;

    private Batch(Predicate<Cid> known) {
      this.known = known;
    }

    @Override
    public void put(Block block) throws IOException {
      if (fresh.containsKey(block.cid()) || known.test(block.cid())) {
        return;
      }
      Path file = folder.resolve(NEW + counter.incrementAndGet());
      fresh.put(block.cid(), file);
      try (var channel =
          java.nio.channels.FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--")))) {
        var data = java.nio.ByteBuffer.wrap(block.data());
        while (data.hasRemaining()) {
          channel.write(data);
        }
      }
    }

    /**
     * Gives the blocks their names and makes them durable. Nothing refers to them yet: a crash
     * before the database knows them leaves files that the next writer of the block replaces.
     *
     * @return the blocks that were not known
     */
    Set<Cid> publish() throws IOException {
      for (Map.Entry<Cid, Path> entry : fresh.entrySet()) {
        Files.move(
            entry.getValue(),
            file(entry.getKey()),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      published = true;
      if (!fresh.isEmpty()) {
        // One call for all: a sync of each file would cost a turn of the disk for each.
        Posix.syncFileSystem(folder.toString());
      }
      return fresh.keySet();
    }

    /** Drops what was not published. */
    @Override
    public void close() throws IOException {
      if (!published) {
        for (Path file : fresh.values()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
