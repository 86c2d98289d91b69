package org.buildchain.store.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.buildchain.store.ipld.Cid;

/**
 * A number for each of many blocks, in 24 bytes each: they are told apart by the first 128 bits of
 * their digests. (Two blocks that agree in these would cost 2^64 digests to find, and would make
 * the collector keep one too many.) It stands outside the heap, where no pause of the JVM has to
 * copy it. For one thread, which closes it.
 */
final class CidTable implements AutoCloseable {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The digest's first 16 bytes, the number, and four bytes to align the next. */
  private static final int SLOT = 24;

  private static final int LOW = 8;
  private static final int VALUE = 16;
  private static final int FIRST_SLOTS = 1 << 6;

  private Arena arena = Arena.ofConfined();
  private MemorySegment slots = arena.allocate((long) FIRST_SLOTS * SLOT, Long.BYTES);
  private long mask = FIRST_SLOTS - 1;
  private long size;

  /** The block's number, 0 where none was set. */
  int get(Cid cid) {
    byte[] digest = cid.digest();
    return value(place((long) WORD.get(digest, 0), (long) WORD.get(digest, 8)));
  }

  /** Sets the block's number, which is not 0; gives the one before, 0 where none was set. */
  int put(Cid cid, int value) {
    byte[] digest = cid.digest();
    long high = (long) WORD.get(digest, 0);
    long low = (long) WORD.get(digest, 8);
    long place = place(high, low);
    int before = value(place);
    if (before == 0) {
      if (size * 2 > mask) {
        grow();
        place = place(high, low);
      }
      size++;
    }
    set(place, high, low, value);
    return before;
  }

  private int value(long place) {
    return slots.get(ValueLayout.JAVA_INT, place + VALUE);
  }

  private void set(long place, long high, long low, int value) {
    slots.set(ValueLayout.JAVA_LONG, place, high);
    slots.set(ValueLayout.JAVA_LONG, place + LOW, low);
    slots.set(ValueLayout.JAVA_INT, place + VALUE, value);
  }

  /** Where the block is or would be. Digests are uniform, so that no mixing is needed. */
  private long place(long high, long low) {
    long slot = high & mask;
    while (true) {
      long place = slot * SLOT;
      if (value(place) == 0
          || (slots.get(ValueLayout.JAVA_LONG, place) == high
              && slots.get(ValueLayout.JAVA_LONG, place + LOW) == low)) {
        return place;
      }
      slot = (slot + 1) & mask;
    }
  }

  private void grow() {
    Arena before = arena;
    MemorySegment old = slots;
    arena = Arena.ofConfined();
    slots = arena.allocate(old.byteSize() * 2, Long.BYTES);
    mask = mask * 2 + 1;
    for (long at = 0; at < old.byteSize(); at += SLOT) {
      int value = old.get(ValueLayout.JAVA_INT, at + VALUE);
      if (value != 0) {
        long high = old.get(ValueLayout.JAVA_LONG, at);
        long low = old.get(ValueLayout.JAVA_LONG, at + LOW);
        set(place(high, low), high, low, value);
      }
    }
    before.close();
  }

  @Override
  public void close() {
    arena.close();
  }
}
