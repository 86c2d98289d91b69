package org.buildchain.store.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.ipld.Cid;

/**
 * The large blocks that were used last, verified, in memory outside the heap: a file of a gigabyte
 * that passes through would keep the garbage collector busy. A block that several threads want is
 * read and verified by the first of them. Thread-safe.
 *
 * <p>What is verified is a private copy, and only the copy is handed on: whoever may write to the
 * block files, or a disk that gives other bytes the second time, changes nothing that was checked.
 */
final class LargeBlocks {
  /** The longest block that has room, in bytes: a chunk of a file and what a node adds to it. */
  static final int MAX_BLOCK = (1 << 20) + (4 << 10);

  private final Reader reader;
  private final int maxSlots;

  /** Those in use, the one used longest ago first. */
  private final Map<Cid, Slot> slots = new LinkedHashMap<>(64, 0.75f, true);

  private final Deque<MemorySegment> free = new ArrayDeque<>();
  private final Arena arena = Arena.ofAuto();
  private int allocated;

  /** Reads a block's file and verifies it. */
  @FunctionalInterface
  interface Reader {
    /** Fills {@code into} from its beginning; returns the block's length. */
    int read(Cid cid, MemorySegment into) throws IOException;
  }

  /** Memory for one block. */
  private static final class Slot {
    private final MemorySegment memory;

    /** How many threads use it. Guarded by the cache. */
    private int users;

    /** The block's length, or 0 until it is read. Guarded by this. */
    private int length;

    Slot(MemorySegment memory) {
      this.memory = memory;
    }
  }

  LargeBlocks(int maxSlots, Reader reader) {
    this.maxSlots = maxSlots;
    this.reader = reader;
  }

  /**
   * Copies a part of a block.
   *
   * @return the block's length; nothing is copied if it isn't {@code size}. Empty if all memory is
   *     in use
   */
  Optional<Integer> read(Cid cid, int size, int offset, ByteBuffer into, int length)
      throws IOException {
    Optional<Slot> acquired = acquire(cid);
    if (acquired.isEmpty()) {
      return Optional.empty();
    }
    Slot slot = acquired.get();
    boolean held = false;
    try {
      int found;
      synchronized (slot) {
        if (slot.length == 0) {
          slot.length = reader.read(cid, slot.memory);
        }
        found = slot.length;
      }
      held = found > 0;
      if (found == size) {
        into.put(slot.memory.asSlice(offset, length).asByteBuffer());
      }
      return Optional.of(found);
    } finally {
      release(cid, slot, held);
    }
  }

  /** A block that was removed from the disk. */
  synchronized void forget(Cid cid) {
    Slot slot = slots.remove(cid);
    if (slot != null && slot.users == 0) {
      free.add(slot.memory);
    }
  }

  private synchronized Optional<Slot> acquire(Cid cid) {
    Slot slot = slots.get(cid);
    if (slot == null) {
      Optional<MemorySegment> memory = memory();
      if (memory.isEmpty()) {
        return Optional.empty();
      }
      slot = new Slot(memory.get());
      slots.put(cid, slot);
    }
    slot.users++;
    return Optional.of(slot);
  }

  private Optional<MemorySegment> memory() {
    MemorySegment unused = free.poll();
    if (unused != null) {
      return Optional.of(unused);
    }
    if (allocated < maxSlots) {
      allocated++;
      return Optional.of(arena.allocate(MAX_BLOCK, 64));
    }
    for (Iterator<Slot> oldest = slots.values().iterator(); oldest.hasNext(); ) {
      Slot slot = oldest.next();
      if (slot.users == 0) {
        oldest.remove();
        return Optional.of(slot.memory);
      }
    }
    return Optional.empty();
  }

  /** What couldn't be read isn't kept; the last of its users gives the memory back. */
  private synchronized void release(Cid cid, Slot slot, boolean held) {
    slot.users--;
    if (!held) {
      slots.remove(cid, slot);
    }
    if (slot.users == 0 && slots.get(cid) != slot) {
      free.add(slot.memory);
    }
  }
}
