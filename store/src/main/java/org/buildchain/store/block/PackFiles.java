package org.buildchain.store.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.FileStamp;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.posix.ReadFile;

/**
 * Blocks one after the other in files that are named by numbers. A pack is written once, by one
 * step; what it holds is known to the database alone. Thread-safe.
 */
public final class PackFiles {
  private static final int MAX_OPEN = 256;

  /** More at once would leave the processor's cache before it is written. */
  private static final int BUFFER = 128 << 10;

  /** The disk begins with what is written as soon as there is so much of it. */
  private static final int STARTED = 16 << 20;

  /** The owner may give back the room of blocks. */
  private static final FileAttribute<?> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

  private final Path folder;
  private final AtomicLong next = new AtomicLong();
  private final Set<Long> writing = ConcurrentHashMap.newKeySet();
  private final Map<Long, ReadFile> open = new LinkedHashMap<>(64, 0.75f, true);

  /** Takes over the folder; removes what a killed process left half-written. */
  PackFiles(Path folder) throws IOException {
    this.folder = folder;
    BlockFiles.clear(folder);
    next.set(list().stream().mapToLong(Long::longValue).max().orElse(0) + 1);
  }

  /** The folder that they stand in. */
  public Path folder() {
    return folder;
  }

  /** The pack's file. */
  public Path path(long pack) {
    return folder.resolve(Long.toString(pack));
  }

  /** The numbers of all packs that have their names, known to the database yet or not. */
  public Set<Long> list() throws IOException {
    Set<Long> packs = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.length() < 19 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
          packs.add(Long.parseLong(name));
        }
      }
    }
    return packs;
  }

  /** Whether a step writes the pack, or has not yet told the database. */
  public boolean isBeingWritten(long pack) {
    return writing.contains(pack);
  }

  /** What of the pack there is: its length, or less where room was given back. */
  public long size(long pack) throws IOException {
    FileStatus status = Posix.status(name(pack));
    return Math.min(status.size(), status.room());
  }

  /**
   * Gives back the room of a block that nothing refers to any more. Where the file system can't, it
   * comes back when the pack is written anew.
   */
  public void punch(BlockPlace.Packed place) {
    try {
      Posix.punch(name(place.pack()), place.offset(), place.length());
    } catch (IOException e) {
      // No harm is done.
    }
  }

  private String name(long pack) {
    return Octets.fromText(path(pack).toString());
  }

  /** What the pack's file looks like now. */
  FileStamp stamp(long pack) throws IOException {
    return Posix.stamp(name(pack), false);
  }

  /**
   * Reads a part of a pack.
   *
   * @return fewer bytes than {@code place} says if the pack ends before
   * @throws NoSuchFileException if there is no such pack
   */
  public byte[] read(BlockPlace.Packed place) throws IOException {
    byte[] bytes = new byte[place.length()];
    int n = read(place.pack(), place.offset(), bytes, bytes.length);
    return n == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, n);
  }

  /**
   * Likewise, from a place on.
   *
   * @return how many bytes were read: fewer than {@code length} if the pack ends before
   */
  public int read(long pack, long offset, byte[] into, int length) throws IOException {
    while (true) {
      int n = file(pack).read(offset, into, 0, length);
      if (n >= 0) {
        return n;
      }
      // Somebody closed it between: there are many open.
    }
  }

  /**
   * Likewise a block, into memory outside the heap.
   *
   * @return how many bytes were read: no more than {@code into} takes
   */
  public int read(BlockPlace.Packed place, MemorySegment into) throws IOException {
    MemorySegment part = into.asSlice(0, Math.min(place.length(), into.byteSize()));
    while (true) {
      int n = file(place.pack()).read(place.offset(), part);
      if (n >= 0) {
        return n;
      }
      // As above.
    }
  }

  private ReadFile file(long pack) throws IOException {
    synchronized (open) {
      ReadFile file = open.get(pack);
      if (file == null) {
        file = ReadFile.open(name(pack));
        open.put(pack, file);
        if (open.size() > MAX_OPEN) {
          var eldest = open.entrySet().iterator();
          eldest.next().getValue().close();
          eldest.remove();
        }
      }
      return file;
    }
  }

  /** Removes a pack, which nothing refers to. */
  public void delete(long pack) throws IOException {
    synchronized (open) {
      ReadFile file = open.remove(pack);
      if (file != null) {
        file.close();
      }
    }
    Files.deleteIfExists(path(pack));
  }

  public void close() throws IOException {
    synchronized (open) {
      for (ReadFile file : open.values()) {
        file.close();
      }
      open.clear();
    }
  }

  /** Begins a pack. */
  public Writer writer() throws IOException {
    return new Writer();
  }

  /** A pack that grows. For one thread. */
  public final class Writer implements AutoCloseable {
    private final long pack = next.getAndIncrement();
    private final FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long written;

    /** The disk has been told to begin with what is before. */
    private long started;

    /** Where it is written, until it has its name. */
    private final Path fresh = folder.resolve(BlockFiles.NEW + pack);

    private boolean kept;

    private Writer() throws IOException {
      writing.add(pack);
      channel =
          FileChannel.open(
              fresh,
              Set.of(
                  StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ),
              MODE);
    }

    /** The pack's file, once it has its name. */
    Path file() {
      return path(pack);
    }

    public BlockPlace.Packed add(ByteBuffer block) throws IOException {
      int length = block.remaining();
      if (length > buffer.remaining()) {
        drain();
      }
      BlockPlace.Packed place = new BlockPlace.Packed(pack, written + buffer.position(), length);
      if (length > buffer.remaining()) {
        write(block);
      } else {
        buffer.put(block);
      }
      return place;
    }

    private void drain() throws IOException {
      buffer.flip();
      write(buffer);
      buffer.clear();
    }

    private void write(ByteBuffer data) throws IOException {
      try {
        for (int end = data.limit(); data.position() < end; ) {
          data.limit(Math.min(end, data.position() + BlockFiles.WRITE));
          written += channel.write(data, written);
        }
      } catch (IOException e) {
        throw BlockFiles.cannotWrite(folder, e);
      }
      if (written - started >= STARTED) {
        Posix.startWriting(Octets.fromText(fresh.toString()), started, written - started);
        started = written;
      }
    }

    /** The bytes at a place in this pack. */
    byte[] read(BlockPlace.Packed place) throws IOException {
      drain();
      ByteBuffer out = ByteBuffer.allocate(place.length());
      while (out.hasRemaining()) {
        if (channel.read(out, place.offset() + out.position()) < 0) {
          throw new IOException("pack " + pack + " ended early");
        }
      }
      return out.array();
    }

    /** Writes what is still in memory. */
    void flush() throws IOException {
      drain();
    }

    /** Likewise, and collects nothing in memory any more. */
    void rest() throws IOException {
      drain();
      buffer = ByteBuffer.allocate(0);
    }

    /** Makes the content durable. */
    public void sync() throws IOException {
      drain();
      channel.force(false);
    }

    /**
     * Gives the pack its name, which is durable once the folder is synced. What has none is removed
     * at the next start.
     */
    public void name() throws IOException {
      Files.move(fresh, path(pack), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The database knows it: it stays. */
    public void keep() {
      kept = true;
    }

    @Override
    public void close() throws IOException {
      try {
        channel.close();
        if (!kept) {
          Files.deleteIfExists(fresh);
          delete(pack);
        }
      } finally {
        writing.remove(pack);
      }
    }
  }
}
