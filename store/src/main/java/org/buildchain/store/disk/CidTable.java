package org.buildchain.store.disk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.buildchain.store.ipld.Cid;

/**
 * A number for each of many blocks, in 20 bytes each: they are told apart by the first 128 bits of
 * their digests. (Two blocks that agree in these would cost 2^64 digests to find, and would make
 * the collector keep one too many.) For one thread.
 */
final class CidTable {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private long[] keys = new long[2 << 10];
  private int[] values = new int[1 << 10];
  private int size;

  /** How many blocks have a number other than 0. */
  int size() {
    return size;
  }

  /** The block's number, 0 where none was set. */
  int get(Cid cid) {
    byte[] digest = cid.digest();
    return values[slot((long) WORD.get(digest, 0), (long) WORD.get(digest, 8))];
  }

  /** Sets the block's number, which is not 0. */
  void put(Cid cid, int value) {
    byte[] digest = cid.digest();
    long high = (long) WORD.get(digest, 0);
    long low = (long) WORD.get(digest, 8);
    int slot = slot(high, low);
    if (values[slot] == 0) {
      if (size * 2 >= values.length) {
        grow();
        slot = slot(high, low);
      }
      size++;
    }
    keys[2 * slot] = high;
    keys[2 * slot + 1] = low;
    values[slot] = value;
  }

  /** Where the block is or would be. Digests are uniform, so that no mixing is needed. */
  private int slot(long high, long low) {
    int mask = values.length - 1;
    int slot = (int) high & mask;
    while (values[slot] != 0 && (keys[2 * slot] != high || keys[2 * slot + 1] != low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[oldValues.length * 2];
    for (int i = 0; i < oldValues.length; i++) {
      if (oldValues[i] != 0) {
        int slot = slot(oldKeys[2 * i], oldKeys[2 * i + 1]);
        keys[2 * slot] = oldKeys[2 * i];
        keys[2 * slot + 1] = oldKeys[2 * i + 1];
        values[slot] = oldValues[i];
      }
    }
  }
}
