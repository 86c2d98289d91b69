package org.buildchain.store.block;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.posix.Sha256;

/**
 * The large blocks that were used last, verified, in memory outside the heap: a file of a gigabyte
 * that passes through would keep the garbage collector busy. A block that several threads want is
 * read and verified by the first of them. One that was lent to its end goes first when there is no
 * more room: whoever reads on has got it, and its memory is in the processor's cache still.
 * Thread-safe.
 *
 * <p>What is verified is a private copy, and only the copy is handed on: whoever may write to the
 * block files, or a disk that gives other bytes the second time, changes nothing that was checked.
 */
final class LargeBlocks {
  /** The longest block that has room, in bytes: a chunk of a file and what a node adds to it. */
  static final int MAX_BLOCK = (1 << 20) + (4 << 10);

  private final Reader reader;
  private final int maxSlots;

  /** Those in use, the ones that go first in front. */
  private final LinkedHashMap<Cid, Slot> slots = new LinkedHashMap<>(64, 0.75f, true);

  private final Deque<MemorySegment> free = new ArrayDeque<>();
  private final Arena arena = Arena.ofAuto();
  private int allocated;

  /** Reads a block's file, unchecked. */
  @FunctionalInterface
  interface Reader {
    /** Fills {@code into} from its beginning; returns the block's length. */
    int read(Cid cid, MemorySegment into) throws IOException;
  }

  /** Memory for one block. One thread fills it, the others wait. */
  private static final class Slot {
    private final MemorySegment memory;

    /** How many threads use it. Guarded by the cache. */
    private int users;

    /** The block's length, or 0 until it is read and verified. */
    private int length;

    private boolean filling;

    Slot(MemorySegment memory) {
      this.memory = memory;
    }

    /** Begins to fill it, unless another thread has or does; with patience, waits for that. */
    synchronized boolean begin(boolean patient) {
      boolean interrupted = false;
      while (filling && patient) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (filling || length > 0) {
        return false;
      }
      filling = true;
      return true;
    }

    synchronized void end(int verified) {
      length = verified;
      filling = false;
      notifyAll();
    }

    synchronized int length() {
      return length;
    }

    MemorySegment content(int bytes) {
      return memory.asSlice(0, bytes);
    }
  }

  LargeBlocks(int maxSlots, Reader reader) {
    this.maxSlots = maxSlots;
    this.reader = reader;
  }

  /**
   * Lends a part of a block.
   *
   * @return empty if all memory is in use
   * @throws FormatException if the block's length isn't {@code size}
   */
  Optional<Block.Lent> lend(Cid cid, int size, int offset, int length) throws IOException {
    Optional<Slot> acquired = acquire(cid);
    if (acquired.isEmpty()) {
      return Optional.empty();
    }
    Slot slot = acquired.get();
    int found = 0;
    try {
      if (slot.begin(true)) {
        fill(cid, slot);
      }
      found = slot.length();
      if (found != size) {
        throw new FormatException("block " + cid, "has " + found + " bytes, its file says " + size);
      }
      Block.Lent part = new Part(cid, slot, slot.memory.asSlice(offset, length));
      acquired = Optional.empty();
      return Optional.of(part);
    } finally {
      if (acquired.isPresent()) {
        release(cid, slot, found > 0);
      }
    }
  }

  /** What is lent: the slot is in use until it comes back. */
  private final class Part implements Block.Lent {
    private final Cid cid;
    private final Slot slot;
    private final MemorySegment bytes;
    private boolean closed;

    Part(Cid cid, Slot slot, MemorySegment bytes) {
      this.cid = cid;
      this.slot = slot;
      this.bytes = bytes;
    }

    @Override
    public MemorySegment bytes() {
      return bytes;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(cid, slot, true);
        if (bytes.address() + bytes.byteSize() == slot.memory.address() + slot.length()) {
          readThrough(cid, slot);
        }
      }
    }
  }

  private void fill(Cid cid, Slot slot) throws IOException {
    int verified = 0;
    try {
      int n = reader.read(cid, slot.memory);
      if (!cid.matches(slot.content(n))) {
        throw BlockFiles.corrupt(cid);
      }
      verified = n;
    } finally {
      slot.end(verified);
    }
  }

  /** A block that is being filled together with others. */
  private record Filling(Cid cid, Slot slot, int length) {}

  /**
   * Reads blocks and verifies them together, which costs half of what it does one by one. What
   * fails is left to whoever reads it.
   */
  void prepare(Collection<Cid> cids) {
    List<Cid> left = new ArrayList<>(cids);
    while (!left.isEmpty()) {
      List<Cid> some = left.subList(0, Math.min(left.size(), Sha256.LANES));
      List<Filling> together = new ArrayList<>();
      try {
        begin(some, together);
        verify(together);
      } finally {
        together.forEach(f -> end(f, false));
      }
      some.clear();
    }
  }

  /** Reads those that nobody else has read or is reading, as far as there is memory. */
  private void begin(List<Cid> cids, List<Filling> together) {
    for (Cid cid : cids) {
      Optional<Slot> slot = acquire(cid);
      if (slot.isPresent() && slot.get().begin(false)) {
        together.add(new Filling(cid, slot.get(), readUnchecked(cid, slot.get())));
      } else {
        slot.ifPresent(s -> release(cid, s, true));
      }
    }
  }

  private int readUnchecked(Cid cid, Slot slot) {
    try {
      return reader.read(cid, slot.memory);
    } catch (IOException | RuntimeException e) {
      // Nothing may keep others waiting for the memory.
      return 0;
    }
  }

  /**
   * Ends those that are right, and takes them off the list. Those of the length that a file's
   * chunks have go together; as a rule these are all.
   */
  private void verify(List<Filling> filled) {
    List<Filling> whole = filled.stream().filter(f -> f.length == UnixFsWriter.CHUNK).toList();
    Set<Filling> right = new HashSet<>();
    if (whole.size() > 1) {
      List<Sha256> digests = whole.stream().map(f -> new Sha256()).toList();
      Sha256.updateAll(digests, whole.stream().map(f -> f.slot.content(f.length)).toList());
      for (int i = 0; i < whole.size(); i++) {
        if (whole.get(i).cid.isDigest(digests.get(i).finish())) {
          right.add(whole.get(i));
        }
      }
    }
    for (Filling one : filled) {
      // What isn't right by its digest with others is looked at once more by itself.
      if (right.contains(one)
          || (one.length > 0 && one.cid.matches(one.slot.content(one.length)))) {
        right.add(one);
        end(one, true);
      }
    }
    filled.removeAll(right);
  }

  private void end(Filling one, boolean right) {
    one.slot.end(right ? one.length : 0);
    release(one.cid, one.slot, right);
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

  private synchronized void readThrough(Cid cid, Slot slot) {
    if (slots.get(cid) == slot) {
      slots.putFirst(cid, slot);
    }
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
