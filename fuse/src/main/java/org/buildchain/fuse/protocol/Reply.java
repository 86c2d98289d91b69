package org.buildchain.fuse.protocol;

import static org.buildchain.fuse.protocol.Layouts.OUT_HEADER;
import static org.buildchain.fuse.protocol.Layouts.U16;
import static org.buildchain.fuse.protocol.Layouts.U32;
import static org.buildchain.fuse.protocol.Layouts.U64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.buildchain.store.format.Octets;

/**
 * Answers, written to a buffer that is used again for the next one. Each method returns the whole
 * message. Not thread-safe.
 */
public final class Reply {
  /** For what never changes. */
  public static final long YEAR = 365L * 24 * 3600;

  private static final int ENTRY = 128;
  private static final int DIRENT = 24;
  private static final int ROOT = 1;

  /** {@code FUSE_NOTIFY_STORE}. */
  private static final int STORE = 4;

  private final MemorySegment buffer;
  private final ByteBuffer payload;
  private int used;

  /**
   * @param buffer takes the longest answer and its header of 16 bytes
   */
  public Reply(MemorySegment buffer) {
    this.buffer = buffer;
    this.payload = buffer.asSlice(OUT_HEADER).asByteBuffer();
  }

  /** How many bytes of payload a message has. */
  public static int payloadLength(MemorySegment message) {
    return message.get(U32, 0) - OUT_HEADER;
  }

  private MemorySegment message(long unique, int error, int length) {
    return message(unique, error, length, 0);
  }

  /**
   * A message.
   *
   * @param elsewhere how many more bytes of it stand elsewhere in memory
   */
  private MemorySegment message(long unique, int error, int length, int elsewhere) {
    buffer.set(U32, 0, OUT_HEADER + length + elsewhere);
    buffer.set(U32, 4, -error);
    buffer.set(U64, 8, unique);
    return buffer.asSlice(0, (long) OUT_HEADER + length);
  }

  /** What stands before {@code length} bytes that are sent from elsewhere in memory. */
  public MemorySegment before(long unique, int length) {
    return message(unique, 0, 0, length);
  }

  /** An error number of errno.h, positive. */
  public MemorySegment error(long unique, int errno) {
    return message(unique, errno, 0);
  }

  /** That it is done. */
  public MemorySegment done(long unique) {
    return message(unique, 0, 0);
  }

  /** Where up to {@code size} bytes for {@link #bytes} go, from its position 0. */
  public ByteBuffer payload(int size) {
    return payload.clear().limit(size);
  }

  /** The first {@code length} bytes of the payload. */
  public MemorySegment bytes(long unique, int length) {
    return message(unique, 0, length);
  }

  /** A link's target. */
  public MemorySegment octets(long unique, String octets) {
    byte[] bytes = Octets.bytes(octets);
    payload(bytes.length).put(bytes);
    return message(unique, 0, bytes.length);
  }

  /** What the server wants of what the kernel can: {@code struct fuse_init_out}. */
  public record Init(int minor, int maxReadAhead, int flags, int maxPages, int maxBackground) {}

  /** The answer to INIT. */
  public MemorySegment init(long unique, Init init) {
    int length = 64;
    buffer.asSlice(OUT_HEADER, length).fill((byte) 0);
    buffer.set(U32, OUT_HEADER, 7);
    buffer.set(U32, OUT_HEADER + 4L, init.minor);
    buffer.set(U32, OUT_HEADER + 8L, init.maxReadAhead);
    buffer.set(U32, OUT_HEADER + 12L, init.flags);
    buffer.set(U16, OUT_HEADER + 16L, (short) init.maxBackground);
    buffer.set(U16, OUT_HEADER + 18L, (short) (init.maxBackground * 3 / 4));
    // max_write, of which there is none, and the granularity of times in nanoseconds.
    buffer.set(U32, OUT_HEADER + 20L, 4096);
    buffer.set(U32, OUT_HEADER + 24L, 1);
    buffer.set(U16, OUT_HEADER + 28L, (short) init.maxPages);
    return message(unique, 0, length);
  }

  /** {@code struct fuse_attr}, 88 bytes. */
  private void putAttributes(long at, Attributes a) {
    buffer.set(U64, at, a.inode());
    buffer.set(U64, at + 8, a.size());
    buffer.set(U64, at + 16, (a.size() + 511) / 512);
    // Last access, modification and change: Nix gives second 1 to all in its store.
    for (int i = 0; i < 3; i++) {
      buffer.set(U64, at + 24 + 8L * i, 1);
      buffer.set(U32, at + 48 + 4L * i, a.nanos());
    }
    buffer.set(U32, at + 60, a.mode());
    buffer.set(U32, at + 64, 1);
    buffer.set(U32, at + 68, a.uid());
    buffer.set(U32, at + 72, a.gid());
    buffer.set(U32, at + 76, 0);
    buffer.set(U32, at + 80, 4096);
    buffer.set(U32, at + 84, 0);
  }

  /** {@code struct fuse_entry_out}, 128 bytes. */
  private void putEntry(long at, long node, Attributes a, long seconds) {
    buffer.set(U64, at, node);
    buffer.set(U64, at + 8, 0);
    buffer.set(U64, at + 16, seconds);
    buffer.set(U64, at + 24, YEAR);
    buffer.set(U64, at + 32, 0);
    putAttributes(at + 40, a);
  }

  /**
   * A name's file.
   *
   * @param seconds how long the kernel may keep what the name leads to
   */
  public MemorySegment entry(long unique, long node, Attributes attributes, long seconds) {
    putEntry(OUT_HEADER, node, attributes, seconds);
    return message(unique, 0, ENTRY);
  }

  /** That a name doesn't exist, which the kernel may keep for a year. */
  public MemorySegment noEntry(long unique) {
    buffer.asSlice(OUT_HEADER, ENTRY).fill((byte) 0);
    buffer.set(U64, OUT_HEADER + 16L, YEAR);
    return message(unique, 0, ENTRY);
  }

  /**
   * The answer to GETATTR.
   *
   * @param seconds how long the kernel may keep it
   */
  public MemorySegment attributes(long unique, Attributes attributes, long seconds) {
    buffer.set(U64, OUT_HEADER, seconds);
    buffer.set(U64, OUT_HEADER + 8L, 0);
    putAttributes(OUT_HEADER + 16L, attributes);
    return message(unique, 0, 104);
  }

  /** The answer to OPEN or OPENDIR, with flags {@code FOPEN_…}. */
  public MemorySegment opened(long unique, int flags) {
    buffer.set(U64, OUT_HEADER, 0);
    buffer.set(U32, OUT_HEADER + 8L, flags);
    buffer.set(U32, OUT_HEADER + 12L, 0);
    return message(unique, 0, 16);
  }

  /** The answer to STATFS: nothing is free, and names have up to 255 bytes. */
  public MemorySegment fileSystem(long unique) {
    buffer.asSlice(OUT_HEADER, 80).fill((byte) 0);
    buffer.set(U32, OUT_HEADER + 40L, 4096);
    buffer.set(U32, OUT_HEADER + 44L, 255);
    buffer.set(U32, OUT_HEADER + 48L, 4096);
    return message(unique, 0, 80);
  }

  /** Begins a listing. */
  public void beginListing() {
    used = 0;
  }

  /**
   * Adds an entry to a plain listing.
   *
   * @param type as {@code d_type} has it
   * @param next where the listing goes on behind this entry
   * @param size the most bytes of the listing
   * @return whether it fitted
   */
  public boolean add(String name, long inode, int type, long next, int size) {
    if (used + padded(name) > size) {
      return false;
    }
    dirent(name, inode, type, next);
    return true;
  }

  /**
   * As {@link #add}, to a listing that tells of each file what LOOKUP does.
   *
   * @param node what the kernel may call it, or 0 to let it ask
   */
  public boolean addPlus(
      String name, int type, long next, int size, long node, Attributes attributes) {
    if (!fitsPlus(name, size)) {
      return false;
    }
    if (node == 0) {
      buffer.asSlice(OUT_HEADER + (long) used, ENTRY).fill((byte) 0);
    } else {
      putEntry(OUT_HEADER + (long) used, node, attributes, YEAR);
    }
    used += ENTRY;
    dirent(name, attributes.inode(), type, next);
    return true;
  }

  /** Whether {@link #addPlus} has room for this name. */
  public boolean fitsPlus(String name, int size) {
    return used + ENTRY + padded(name) <= size;
  }

  private static int padded(String name) {
    return (DIRENT + name.length() + 7) & ~7;
  }

  private void dirent(String name, long inode, int type, long next) {
    long at = OUT_HEADER + (long) used;
    byte[] bytes = Octets.bytes(name);
    int length = padded(name);
    buffer.set(U64, at + length - 8, 0);
    buffer.set(U64, at, inode);
    buffer.set(U64, at + 8, next);
    buffer.set(U32, at + 16, bytes.length);
    buffer.set(U32, at + 20, type);
    MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, at + DIRENT, bytes.length);
    used += length;
  }

  /** The listing. */
  public MemorySegment listing(long unique) {
    return message(unique, 0, used);
  }

  /** Tells the kernel to forget a name in the top folder: {@code FUSE_NOTIFY_INVAL_ENTRY}. */
  public MemorySegment forgetTopEntry(String name) {
    byte[] bytes = Octets.bytes(name);
    buffer.set(U64, OUT_HEADER, ROOT);
    buffer.set(U32, OUT_HEADER + 8L, bytes.length);
    buffer.set(U32, OUT_HEADER + 12L, 0);
    MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, OUT_HEADER + 16L, bytes.length);
    buffer.set(ValueLayout.JAVA_BYTE, OUT_HEADER + 16L + bytes.length, (byte) 0);
    return notification(3, 16 + bytes.length + 1);
  }

  /**
   * Tells the kernel to ask for the attributes of the top folder again: {@code
   * FUSE_NOTIFY_INVAL_INODE} with an offset below 0, which leaves what it holds of the content.
   */
  public MemorySegment forgetTopAttributes() {
    buffer.set(U64, OUT_HEADER, ROOT);
    buffer.set(U64, OUT_HEADER + 8L, -1);
    buffer.set(U64, OUT_HEADER + 16L, 0);
    return notification(2, 24);
  }

  /** Where up to {@code size} bytes for {@link #keep} go, from its position 0. */
  public ByteBuffer content(int size) {
    return payload.clear().position(24).limit(24 + size).slice();
  }

  /** Gives the kernel a part of a file that it hasn't asked for: {@code FUSE_NOTIFY_STORE}. */
  public MemorySegment keep(long node, long offset, int length) {
    return keep(node, offset, length, 0);
  }

  /** As {@link #keep}, what stands before {@code length} bytes that are sent from elsewhere. */
  public MemorySegment beforeKeep(long node, long offset, int length) {
    return keep(node, offset, 0, length);
  }

  private MemorySegment keep(long node, long offset, int length, int elsewhere) {
    buffer.set(U64, OUT_HEADER, node);
    buffer.set(U64, OUT_HEADER + 8L, offset);
    buffer.set(U32, OUT_HEADER + 16L, length + elsewhere);
    buffer.set(U32, OUT_HEADER + 20L, 0);
    return message(0, -STORE, 24 + length, elsewhere);
  }

  /** A notification has no request, and its kind in the place of an error. */
  private MemorySegment notification(int kind, int length) {
    return message(0, -kind, length);
  }
}
