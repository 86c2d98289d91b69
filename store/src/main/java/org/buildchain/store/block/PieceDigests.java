package org.buildchain.store.block;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.posix.Sha256;

/**
 * Digests what is read into a store on other cores than read it: pieces of NARs and chunks of
 * files, of whatever imports are under way. As many as wait are digested together, which costs half
 * of what it does one by one where the processor has sixteen lanes. It also has the memory for the
 * pieces, outside the heap. Thread-safe.
 *
 * <p>The threads are the platform's: virtual ones would wait for a carrier, and imports that are in
 * LMDB or {@code fsync}, or wait in a call from C, may hold all of those. They end when there is
 * nothing to do.
 */
public final class PieceDigests {
  /** The length of a piece, in bytes: that of a file's chunk. */
  public static final int PIECE = UnixFsWriter.CHUNK;

  /**
   * While so many pieces are in use, whoever can do without another does: of a large file, one
   * group is read, one digested and one stored. With more of them what is stored has left the
   * processor's cache, and 1 GiB takes 1.8 to 2.0 s of processor time in place of 1.5.
   */
  private static final int MANY = 3 * Sha256.LANES;

  /** So many that nobody uses are kept while there is work, and then. */
  private static final int KEPT = MANY;

  private static final int KEPT_IDLE = 8;

  /** The time for which a thread waits for more. */
  private static final long IDLE_SECONDS = 1;

  private final int maxThreads = Runtime.getRuntime().availableProcessors();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final Deque<Job> jobs = new ArrayDeque<>();
  private final Deque<MemorySegment> free = new ArrayDeque<>();
  private int used;
  private int threads;
  private int idle;

  private record Job(Sha256 digest, MemorySegment piece, CompletableFuture<Sha256> done) {}

  /** Memory for a piece, to be given back; empty while many are in use. */
  public Optional<MemorySegment> tryTake() {
    lock.lock();
    try {
      return used < MANY ? Optional.of(take()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** The same for somebody who can't go on without, and has given back all but a few. */
  public MemorySegment take() {
    lock.lock();
    try {
      used++;
      MemorySegment piece = free.poll();
      // An arena would zero it word by word, which is slow as long as it is not compiled.
      return piece != null ? piece : MemorySegment.ofBuffer(ByteBuffer.allocateDirect(PIECE));
    } finally {
      lock.unlock();
    }
  }

  /** Takes memory back, which nobody touches any more. */
  public void give(MemorySegment piece) {
    lock.lock();
    try {
      used--;
      if (free.size() < KEPT) {
        free.push(piece);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Goes on with a digest by a piece. Until it is done nobody touches either.
   *
   * @return the digest, when it is done
   */
  public CompletableFuture<Sha256> update(Sha256 digest, MemorySegment piece) {
    CompletableFuture<Sha256> done = new CompletableFuture<>();
    lock.lock();
    try {
      // One thread takes all that waits; another helps where that is more than it takes at once.
      if (idle > 0) {
        more.signal();
      } else if (threads == 0 || (threads < maxThreads && jobs.size() >= Sha256.LANES)) {
        Thread.ofPlatform().daemon().name("digest").start(this::run);
        threads++;
      }
      // At last, since without the thread nobody would take it.
      jobs.add(new Job(digest, piece, done));
    } finally {
      lock.unlock();
    }
    return done;
  }

  private void run() {
    for (List<Job> next; !(next = next()).isEmpty(); ) {
      try {
        Sha256.updateAll(
            next.stream().map(Job::digest).toList(), next.stream().map(Job::piece).toList());
        next.forEach(j -> j.done().complete(j.digest()));
      } catch (RuntimeException | Error e) {
        next.forEach(j -> j.done().completeExceptionally(e));
      }
    }
  }

  /** What waits, as far as it can be done together; nothing if the thread is to end. */
  private List<Job> next() {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
      while (jobs.isEmpty() && left > 0) {
        idle++;
        try {
          left = more.awaitNanos(left);
        } catch (InterruptedException e) {
          // Nobody does, and there may be work.
          left = 0;
        } finally {
          idle--;
        }
      }
      List<Job> next = new ArrayList<>();
      while (next.size() < Sha256.LANES && !jobs.isEmpty()) {
        next.add(jobs.poll());
      }
      if (next.isEmpty()) {
        threads--;
        while (free.size() > KEPT_IDLE) {
          free.pop();
        }
      }
      return next;
    } finally {
      lock.unlock();
    }
  }
}
