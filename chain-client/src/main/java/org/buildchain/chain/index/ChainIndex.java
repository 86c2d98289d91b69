package org.buildchain.chain.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;

/**
 * All claims of a chain, and the other contracts' logs, as of one block. {@link #update} goes on
 * where it ended; what a reorganisation took back is forgotten first. Thread-safe: readers see the
 * chain as of one block or another, never between two.
 */
public final class ChainIndex {
  private static final long STEP = 5000;
  private static final int MARKS = 512;

  private final LogSource source;

  /** Blocks that were the newest once, with their hashes: where a reorganisation is found by. */
  private final NavigableMap<Long, Word> marks = new TreeMap<>();

  private final Map<Word, Word> derivations = new HashMap<>();
  private final Map<Word, List<Step>> steps = new HashMap<>();
  private final Map<Word, ClaimLife> lives = new HashMap<>();
  private final List<Word> order = new ArrayList<>();
  private final List<Log> others = new ArrayList<>();
  private volatile Snapshot snapshot = new Snapshot(List.of(), Map.of(), List.of(), -1, 0, 0);
  private long version;
  private long time;

  /** An index that has read nothing yet. */
  public ChainIndex(LogSource source) {
    this.source = source;
  }

  /**
   * A chain as of one block.
   *
   * @param claims newest first
   * @param byId the same by their ids
   * @param others the logs of the other contracts, oldest first
   * @param block up to which everything was read; -1 before the first update
   * @param time of that block, in seconds since 1970
   * @param version another number whenever anything in here is other than before
   */
  public record Snapshot(
      List<ClaimLife> claims,
      Map<Word, ClaimLife> byId,
      List<Log> others,
      long block,
      long time,
      long version) {
    /** The claim with this id. */
    public Optional<ClaimLife> claim(Word id) {
      return Optional.ofNullable(byId.get(id));
    }
  }

  /** What was read last. Does not ask the node. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /**
   * Reads what is new.
   *
   * @throws org.buildchain.chain.rpc.NodeException if the node can't be reached; what was read so
   *     far stays, and the next update goes on
   */
  public synchronized void update() {
    BlockHeader latest = source.latest();
    Long done = marks.isEmpty() ? null : marks.lastKey();
    if (done != null && done == latest.number() && marks.get(done).equals(latest.hash())) {
      return;
    }
    boolean changed = unwind();
    long from = marks.isEmpty() ? source.first() : marks.lastKey() + 1;
    while (from <= latest.number()) {
      long to = Math.min(latest.number(), from + STEP - 1);
      List<Log> logs = source.logs(from, to);
      // If the block is another one by now, the logs may be those of either.
      Optional<BlockHeader> end = source.block(to);
      if (end.isEmpty() || (to == latest.number() && !end.get().hash().equals(latest.hash()))) {
        break;
      }
      for (Log log : logs) {
        take(log);
        changed = true;
      }
      marks.put(to, end.get().hash());
      time = end.get().timestamp();
      from = to + 1;
    }
    while (marks.size() > MARKS) {
      marks.pollFirstEntry();
    }
    publish(changed);
  }

  private void take(Log log) {
    Optional<Step> step = Steps.of(log);
    if (step.isEmpty()) {
      others.add(log);
      return;
    }
    Word claim = log.topics().get(1);
    if (step.get().kind() == Step.Kind.PUBLISHED) {
      derivations.put(claim, log.values(ClaimsAbi.CLAIM_PUBLISHED).word(1));
      steps.put(claim, new ArrayList<>());
      order.add(claim);
    }
    List<Step> all = steps.get(claim);
    if (all != null) {
      all.add(step.get());
      lives.remove(claim);
    }
  }

  /** Forgets what stood in blocks that are no more. Whether that was anything. */
  private boolean unwind() {
    boolean back = false;
    while (!marks.isEmpty()) {
      Map.Entry<Long, Word> last = marks.lastEntry();
      Optional<BlockHeader> there = source.block(last.getKey());
      if (there.isPresent() && there.get().hash().equals(last.getValue())) {
        break;
      }
      marks.pollLastEntry();
      back = true;
    }
    if (!back) {
      return false;
    }
    long keep = marks.isEmpty() ? -1 : marks.lastKey();
    others.removeIf(l -> l.block() > keep);
    order.removeIf(
        claim -> {
          List<Step> all = steps.get(claim);
          if (all.removeIf(s -> s.block() > keep)) {
            lives.remove(claim);
          }
          if (all.isEmpty()) {
            steps.remove(claim);
            derivations.remove(claim);
          }
          return all.isEmpty();
        });
    return true;
  }

  private void publish(boolean changed) {
    Snapshot before = snapshot;
    long block = marks.isEmpty() ? -1 : marks.lastKey();
    if (!changed) {
      snapshot =
          new Snapshot(before.claims(), before.byId(), before.others(), block, time, version);
      return;
    }
    version++;
    List<ClaimLife> claims = new ArrayList<>(order.size());
    for (Word id : order) {
      claims.add(lives.computeIfAbsent(id, i -> ClaimLife.of(i, derivations.get(i), steps.get(i))));
    }
    Collections.reverse(claims);
    snapshot =
        new Snapshot(
            List.copyOf(claims), Map.copyOf(lives), List.copyOf(others), block, time, version);
  }
}
