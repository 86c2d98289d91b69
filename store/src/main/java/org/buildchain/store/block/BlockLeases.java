package org.buildchain.store.block;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.buildchain.store.ipld.Cid;

/**
 * Keeps writers and the collector out of each other's way. A step leases each block that it writes
 * or finds there until its transaction has committed; the collector condemns blocks that nobody
 * leases before it removes them, and a condemned block counts as absent. While a collection runs,
 * leases that end go on counting: what it knows of the database is older than they are. All is
 * decided under one lock that is held for microseconds; only whoever wants the very block whose
 * file is being removed waits for that. Thread-safe.
 */
public final class BlockLeases {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Cid, Integer> leased = new HashMap<>();
  private final Set<Cid> condemned = new HashSet<>();
  private final Set<Cid> removing = new HashSet<>();
  private final Condition removed = lock.newCondition();
  private final Set<Cid> since = new HashSet<>();
  private boolean collecting;

  /**
   * Leases a block.
   *
   * @param known whether the database has it
   * @return whether it is there and will stay; if not, the caller must write it
   */
  boolean lease(Cid cid, BooleanSupplier known) {
    lock.lock();
    try {
      while (removing.contains(cid)) {
        removed.awaitUninterruptibly();
      }
      leased.merge(cid, 1, Integer::sum);
      if (condemned.contains(cid)) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    // Looked up after it was leased: from here on nobody condemns it.
    return known.getAsBoolean();
  }

  /** Ends leases, one for each mention. */
  void release(Collection<Cid> cids) {
    lock.lock();
    try {
      for (Cid cid : cids) {
        leased.computeIfPresent(cid, (c, n) -> n == 1 ? null : n - 1);
      }
      if (collecting) {
        since.addAll(cids);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Begins or ends a collection; it begins before its look at the database. */
  public void collecting(boolean begins) {
    lock.lock();
    try {
      collecting = begins;
      since.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Condemns those of a few blocks that nobody leases; gives them. */
  public List<Cid> condemn(Collection<Cid> cids) {
    lock.lock();
    try {
      List<Cid> taken = new ArrayList<>(cids.size());
      for (Cid cid : cids) {
        if (!leased.containsKey(cid) && !since.contains(cid)) {
          condemned.add(cid);
          taken.add(cid);
        }
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Lets condemned blocks be blocks like any other again, removed or not. */
  public void acquit(Collection<Cid> cids) {
    lock.lock();
    try {
      cids.forEach(condemned::remove);
    } finally {
      lock.unlock();
    }
  }

  /** Runs {@code removal} unless somebody leases the block; nobody begins to meanwhile. */
  public void unlessLeased(Cid cid, Removal removal) throws IOException {
    lock.lock();
    try {
      if (leased.containsKey(cid) || !removing.add(cid)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      removal.run();
    } finally {
      lock.lock();
      try {
        removing.remove(cid);
        removed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Removes a file. */
  @FunctionalInterface
  public interface Removal {
    public void run() throws IOException;
  }
}
