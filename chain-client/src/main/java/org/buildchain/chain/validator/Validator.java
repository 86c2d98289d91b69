package org.buildchain.chain.validator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.buildchain.store.format.FormatException;

/**
 * Serves the claims and disputes that a validator is drawn for. Each {@link #step} looks at what
 * the chain says now and does what follows from it, so that after a restart, a reorganisation or an
 * outage the next step goes on. What it must hide is salted by {@link
 * org.buildchain.chain.claim.Salts}; what it rebuilt is kept on disk, and rebuilt once more where
 * that was lost: the output is the same again, and the build time that it committed to is found by
 * trying.
 *
 * <p>One thread calls {@link #step}; builds run where the executor runs them.
 */
public final class Validator {
  /** Blocks between two notes of where a restart begins to look. */
  private static final long CURSOR_STEP = 64;

  private static final long DAY = 86_400;

  private final Claims claims;
  private final Draws draws;
  private final Results results;
  private final Builds builds;
  private final Reporting reporting;
  private final Judging judging;
  private final Map<String, Duty> open = new LinkedHashMap<>();

  /** Draws that may be this validator's, by their claims. */
  private final Map<Word, Draws.Request> requests = new LinkedHashMap<>();

  /** What is over, until no reorganisation can bring it back. */
  private final Map<String, Over> over = new LinkedHashMap<>();

  private long cursor = -1;

  private record Over(Duty duty, long block) {}

  /**
   * How a validator behaves.
   *
   * @param state a folder of its own
   * @param patience blocks or seconds for which it leaves it to others to move claims on
   * @param mostJobs more at once are declined
   */
  public record Options(Path state, long patience, int mostJobs) {}

  /**
   * A validator.
   *
   * @param executor runs builds
   * @param notes takes lines for the user, from several threads
   */
  public Validator(
      Claims claims,
      Key key,
      Rebuilder rebuilder,
      Options options,
      Executor executor,
      Consumer<String> notes) {
    this.claims = claims;
    this.draws = new Draws(claims, key.address().word());
    this.results = new Results(options.state(), notes);
    this.builds = new Builds(rebuilder, results, executor, options, notes);
    Mover mover = new Mover(claims, Sender.of(claims.node(), key));
    this.reporting = new Reporting(claims, key, mover, builds, results, options.patience(), notes);
    this.judging = new Judging(claims, key, mover, builds);
  }

  /** How many services are open. */
  public int open() {
    return open.size();
  }

  /**
   * Does what can be done now. A service that meets with trouble keeps no other from being served.
   *
   * @throws NodeException if the node can't be reached; the next step goes on where this one ended
   * @throws FormatException if it gave nonsense
   */
  public void step() {
    BlockHeader now = claims.node().latest();
    look(now);
    Optional<RuntimeException> trouble = Optional.empty();
    List<Runnable> services = new ArrayList<>();
    for (Duty duty : open.values()) {
      services.add(() -> serve(duty, now));
    }
    for (Draws.Request request : requests.values()) {
      services.add(() -> serve(request, now));
    }
    for (Runnable service : services) {
      try {
        service.run();
      } catch (NodeException e) {
        if (!e.isRefusal()) {
          // Waiting for the node once is enough.
          throw e;
        }
        trouble = Optional.of(e);
      } catch (FormatException e) {
        trouble = Optional.of(e);
      }
    }
    clean(now);
    if (trouble.isPresent()) {
      throw trouble.get();
    }
  }

  private void serve(Duty duty, BlockHeader now) {
    boolean goesOn = duty.seat().isPresent() ? judging.step(duty, now) : reporting.step(duty, now);
    if (!goesOn) {
      open.remove(duty.name());
      over.put(duty.name(), new Over(duty, now.number()));
    }
  }

  private void serve(Draws.Request request, BlockHeader now) {
    if (!reporting.serve(request.duty(), request.decidedBy(), now)) {
      requests.remove(request.duty().claim(), request);
    }
  }

  private void look(BlockHeader now) {
    boolean first = cursor < 0;
    if (first) {
      results.read();
      cursor = results.cursor(claims.network().fromBlock());
    }
    Draws.Found found = draws.look(now, cursor);
    if (found.reorganised()) {
      over.forEach((name, o) -> open.put(name, o.duty()));
      over.clear();
      requests.clear();
    }
    found.requests().forEach(r -> requests.put(r.duty().claim(), r));
    for (Duty duty : found.duties()) {
      // Also what seemed over: another branch of the chain may have drawn the same again.
      over.remove(duty.name());
      open.put(duty.name(), duty);
    }
    if (first) {
      // A node that is behind may not have the draw yet: only what is long over is forgotten.
      forget(
          results.claims().stream()
              .filter(c -> isLongOver(claims.head(c), now))
              .collect(Collectors.toSet()));
    }
  }

  private static boolean isLongOver(Head head, BlockHeader now) {
    return Claims.phase(head).isEnd() && now.timestamp() - head.when() > DAY;
  }

  /** Forgets what no reorganisation brings back, and notes how far a restart must look back. */
  private void clean(BlockHeader now) {
    Set<Word> gone = new HashSet<>();
    over.values()
        .removeIf(o -> now.number() > o.block() + Draws.REORGANISED && gone.add(o.duty().claim()));
    forget(gone);
    long next =
        Stream.concat(open.values().stream(), requests.values().stream().map(Draws.Request::duty))
            .mapToLong(Duty::block)
            .min()
            .orElse(now.number());
    if (Math.abs(next - cursor) >= CURSOR_STEP) {
      cursor = next;
      results.setCursor(cursor);
    }
  }

  private void forget(Set<Word> gone) {
    for (Word claim : gone) {
      boolean needed =
          open.values().stream().anyMatch(d -> d.claim().equals(claim))
              || requests.containsKey(claim)
              || over.values().stream().anyMatch(o -> o.duty().claim().equals(claim));
      if (!needed) {
        results.forget(claim);
        builds.forget(claim);
      }
    }
  }
}
