package org.buildchain.store.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Memory outside the heap that files are read to, used again and again. Thread-safe. */
final class ReadBuffers {
  private final int size;
  private final Arena arena = Arena.ofAuto();
  private final Queue<MemorySegment> free = new ConcurrentLinkedQueue<>();

  /**
   * @param size of each, in bytes
   */
  ReadBuffers(int size) {
    this.size = size;
  }

  /** One that nobody else has, to be given back. */
  MemorySegment take() {
    return Optional.ofNullable(free.poll()).orElseGet(() -> arena.allocate(size, 64));
  }

  void give(MemorySegment buffer) {
    free.add(buffer);
  }
}
