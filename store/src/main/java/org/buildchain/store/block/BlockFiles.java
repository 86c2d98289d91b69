package org.buildchain.store.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.posix.Posix;

/**
 * The blocks on the disk: large ones as read-only files named by their CIDs, small ones in packs.
 * Whatever is read is digested again: a disk that lies is found out.
 */
public final class BlockFiles implements Block.Source {
  /** What begins so is being written. */
  static final String NEW = ".new-";

  /** From this many files on, one sync of the file system is cheaper than one for each. */
  static final int MANY = 4;

  /**
   * So many bytes are written at once. The kernel's page cache takes pieces of memory as long as
   * what is written, and long free ones are those that a hypervisor has taken back: 1 GiB by calls
   * of 1 MiB takes 1.4 to 2.6 s there, by these 0.2 to 0.8.
   */
  static final int WRITE = 128 << 10;

  /** A place for blocks that the database does not know. */
  private static final BlockPlace OWN = new BlockPlace.Own(0);

  private static final long CACHE_BYTES = 64L << 20;

  /** How many large blocks are kept in memory outside the heap. */
  private static final int LARGE_KEPT = 96;

  private final Path folder;

  /** Of the files' names, an octet string. */
  private final String prefix;

  private final PackFiles packs;
  private final Function<Cid, Optional<BlockPlace>> places;
  private final ReentrantLock naming = new ReentrantLock();
  private final AtomicLong counter = new AtomicLong();
  private final BlockCache cache = new BlockCache(CACHE_BYTES);
  private final LargeBlocks large = new LargeBlocks(LARGE_KEPT, this::readLarge);
  private final ReadBuffers buffers = new ReadBuffers(Block.MAX_SIZE + 1);
  private final BlockLeases leases = new BlockLeases();
  private final PieceDigests digests = new PieceDigests();
  private volatile Late late = Late.NONE;

  /** Blocks that are fetched when they are read. */
  public interface Late {
    /** None is. */
    Late NONE =
        new Late() {
          @Override
          public boolean any() {
            return false;
          }

          @Override
          public byte[] get(Cid cid) throws IOException {
            throw new IOException("block " + cid + " is nowhere");
          }
        };

    /** Whether there may be some; fast. */
    boolean any();

    /** A block that is not here, verified. */
    byte[] get(Cid cid) throws IOException;
  }

  /**
   * Takes over the folders; removes what a killed process left half-written.
   *
   * @param places tells where a block that is durable stands
   */
  public BlockFiles(Path folder, Path packs, Function<Cid, Optional<BlockPlace>> places)
      throws IOException {
    this.folder = folder;
    this.prefix = Octets.fromText(folder.toString()) + "/";
    this.packs = new PackFiles(packs);
    this.places = places;
    clear(folder);
  }

  /** Makes a folder unless it is there, without what a killed process left half-written. */
  public static void clear(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, NEW + "*")) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  /** From here on blocks that the database does not know are asked for there. */
  public void late(Late there) {
    this.late = there;
  }

  /** The folder of blocks with files of their own. */
  public Path folder() {
    return folder;
  }

  /** The packs of the others. */
  public PackFiles packs() {
    return packs;
  }

  /** Who needs which block to stay. */
  public BlockLeases leases() {
    return leases;
  }

  /** What digests blocks that are added. */
  public PieceDigests digests() {
    return digests;
  }

  /** The name of a block's own file, whether it has one or not. */
  public Path file(Cid cid) {
    return folder.resolve(cid.toString());
  }

  /** The file in which a block stands, and where in it. */
  record Standing(Path file, long offset) {}

  /** Where a block of the store stands; in a file of its own if the database does not know it. */
  Standing standing(Cid cid) {
    return place(cid).orElse(OWN) instanceof BlockPlace.Packed packed
        ? new Standing(packs.path(packed.pack()), packed.offset())
        : new Standing(file(cid), 0);
  }

  /** Where the database says that a block stands; empty if it knows none. */
  public Optional<BlockPlace> place(Cid cid) {
    return places.apply(cid);
  }

  @Override
  public byte[] get(Cid cid) throws IOException {
    byte[] cached = cache.get(cid);
    if (cached.length > 0) {
      return cached;
    }
    if (late.any() && places.apply(cid).isEmpty()) {
      return late.get(cid);
    }
    byte[] data = readAndCheck(cid);
    cache.put(cid, data);
    return data;
  }

  @Override
  public void read(Cid cid, int size, int offset, ByteBuffer into, int length) throws IOException {
    Optional<Block.Lent> lent = lend(new Block.Part(cid, size), offset, length);
    if (lent.isPresent()) {
      try (Block.Lent part = lent.get()) {
        into.put(part.bytes().asByteBuffer());
      }
    } else {
      Block.Source.super.read(cid, size, offset, into, length);
    }
  }

  @Override
  public void prepare(List<Block.Part> blocks) {
    large.prepare(blocks.stream().filter(this::isLarge).map(Block.Part::cid).toList());
  }

  @Override
  public Optional<Block.Lent> lend(Block.Part block, int offset, int length) throws IOException {
    return isLarge(block)
        ? large.lend(block.cid(), block.size(), offset, length)
        : Optional.empty();
  }

  /** Whether the block is a large one here, which is not held in the heap. */
  private boolean isLarge(Block.Part block) {
    return block.size() >= BlockBatch.PACKED
        && block.size() <= LargeBlocks.MAX_BLOCK
        && !cache.holds(block.cid())
        && (!late.any() || places.apply(block.cid()).isPresent());
  }

  /** Reads a large block, unchecked, into memory that is longer; returns its length. */
  int readLarge(Cid cid, MemorySegment into) throws IOException {
    Optional<BlockPlace> place = places.apply(cid);
    int length;
    try {
      length =
          place.orElse(OWN) instanceof BlockPlace.Packed packed
              ? packs.read(packed, into)
              : Posix.readFile(prefix + cid, into);
    } catch (NoSuchFileException e) {
      if (hasMoved(cid, place)) {
        return readLarge(cid, into);
      }
      throw missing(cid, e);
    }
    // One that fills all of it may go on.
    if (length == into.byteSize()) {
      throw corrupt(cid);
    }
    return length;
  }

  /** Whether the collector has put the block elsewhere since its place was looked up. */
  private boolean hasMoved(Cid cid, Optional<BlockPlace> from) {
    Optional<BlockPlace> now = places.apply(cid);
    return now.isPresent() && !now.equals(from);
  }

  private static StoreException missing(Cid cid, IOException e) {
    return new StoreException(
        "block " + cid + " is missing; 'bc store verify --repair' mends what can be mended", e);
  }

  /**
   * Reads a block from the disk, past the cache.
   *
   * @throws StoreException if it is absent or is not the block of this name
   */
  public byte[] readAndCheck(Cid cid) throws IOException {
    byte[] data;
    try {
      data = read(cid, places.apply(cid));
    } catch (NoSuchFileException e) {
      throw missing(cid, e);
    }
    if (!cid.matches(data)) {
      throw corrupt(cid);
    }
    return data;
  }

  private byte[] read(Cid cid, Optional<BlockPlace> place) throws IOException {
    if (place.isPresent() && place.get() instanceof BlockPlace.Packed packed) {
      try {
        return packs.read(packed);
      } catch (NoSuchFileException e) {
        if (hasMoved(cid, place)) {
          return read(cid, places.apply(cid));
        }
        throw e;
      }
    }
    MemorySegment buffer = buffers.take();
    try {
      int length = Posix.readFile(prefix + cid, buffer);
      if (length > Block.MAX_SIZE) {
        throw corrupt(cid);
      }
      return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      buffers.give(buffer);
    }
  }

  static StoreException corrupt(Cid cid) {
    return new StoreException(
        "block "
            + cid
            + " is corrupted: its content has another digest; 'bc store verify --repair' mends"
            + " what can be mended");
  }

  /** Writes a block under a temporary name. */
  Path writeNew(ByteBuffer data) throws IOException {
    Path file = folder.resolve(NEW + counter.incrementAndGet());
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--")))) {
      for (int end = data.limit(); data.position() < end; ) {
        data.limit(Math.min(end, data.position() + WRITE));
        channel.write(data);
      }
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw cannotWrite(folder, e);
    }
    return file;
  }

  /** The same error, which says where. */
  static IOException cannotWrite(Path folder, IOException e) {
    FileSystemException told = new FileSystemException(folder.toString(), null, e.getMessage());
    told.initCause(e);
    return told;
  }

  /**
   * Gives a block's file its name. One that is not durable does not take the place of another,
   * which may be: the database may know that one.
   *
   * @param durable whether the file's content is
   */
  public void name(Path file, Cid cid, boolean durable) throws IOException {
    Path to = file(cid);
    naming.lock();
    try {
      if (durable || !Files.exists(to)) {
        move(file, to);
        return;
      }
    } finally {
      naming.unlock();
    }
    if (isRight(cid)) {
      Files.delete(file);
    } else {
      move(file, to);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Whether a large block's own file has its content. */
  private boolean isRight(Cid cid) {
    MemorySegment buffer = buffers.take();
    try {
      int length = Posix.readFile(prefix + cid, buffer);
      return cid.matches(buffer.asSlice(0, length));
    } catch (IOException e) {
      return false;
    } finally {
      buffers.give(buffer);
    }
  }

  /** Makes all files of blocks durable that were written. */
  public void sync() throws IOException {
    Posix.syncFileSystem(folder.toString());
  }

  /**
   * Makes files durable, with their names; all that were written if none is named.
   *
   * @param folder on their file system
   */
  public static void sync(Path folder, Set<Path> files) throws IOException {
    if (files.isEmpty() || files.size() >= MANY) {
      // One call for all: a sync of each file would cost a turn of the disk for each.
      Posix.syncFileSystem(folder.toString());
      return;
    }
    try {
      for (Path file : files) {
        Posix.sync(file.toString());
      }
      syncFolders(files);
    } catch (NoSuchFileException e) {
      // Its content stands elsewhere by now.
      Posix.syncFileSystem(folder.toString());
    }
  }

  /** Makes the names of files durable. */
  static void syncFolders(Set<Path> files) throws IOException {
    for (Path at : Set.copyOf(files.stream().map(Path::getParent).toList())) {
      Posix.sync(at.toString());
    }
  }

  /** The room that a block takes; 0 if that can't be told. */
  public long length(Cid cid, BlockPlace place) {
    if (place instanceof BlockPlace.Packed packed) {
      return packed.length();
    }
    try {
      return Files.size(file(cid));
    } catch (IOException e) {
      return 0;
    }
  }

  /** Forgets what is kept of removed blocks. */
  public void forget(Cid cid) {
    cache.remove(cid);
    large.forget(cid);
  }

  /** Blocks that become part of the store together. */
  public BlockBatch batch() {
    return new BlockBatch(this);
  }

  /** Closes what is open. Nobody reads any more. */
  public void close() throws IOException {
    packs.close();
  }
}
