package org.buildchain.chain.validator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.buildchain.chain.abi.Word;

/**
 * The builds of a validator: at most one for each claim, whatever it was drawn for, and none twice.
 * One that fails for want of something that may come back (a disk's room, a gateway) is tried again
 * after a while.
 */
final class Builds {
  private static final long RETRY_SECONDS = 10;

  private final Rebuilder rebuilder;
  private final Results results;
  private final Executor executor;
  private final Path state;
  private final Consumer<String> notes;
  private final int most;
  private final Set<Word> running = ConcurrentHashMap.newKeySet();
  private final Map<Word, String> declined = new ConcurrentHashMap<>();
  private final Map<Word, Long> failed = new ConcurrentHashMap<>();

  Builds(
      Rebuilder rebuilder,
      Results results,
      Executor executor,
      Validator.Options options,
      Consumer<String> notes) {
    this.rebuilder = rebuilder;
    this.results = results;
    this.executor = executor;
    this.state = options.state();
    this.most = options.mostJobs();
    this.notes = notes;
  }

  /** Why this machine won't build for a claim; empty if it will. */
  Optional<String> declined(Word claim) {
    return Optional.ofNullable(declined.get(claim));
  }

  /**
   * The result if there is one by now; otherwise a build is under way.
   *
   * @param seconds that there are
   * @param now seconds since 1970
   */
  Optional<Rebuilder.Rebuilt> result(Duty duty, long seconds, long now) {
    Word claim = duty.claim();
    if (results.get(claim).isEmpty() && !declined.containsKey(claim)) {
      long since = now - failed.getOrDefault(claim, now - RETRY_SECONDS);
      if (since >= RETRY_SECONDS || since < 0) {
        start(duty, seconds, now);
      }
    }
    // It may have run in this very thread.
    return results.get(claim);
  }

  /** Declines if there are too many builds; a validator shouldn't have more than it can carry. */
  boolean hasRoom(Duty duty, long now) {
    if (running.size() < most || running.contains(duty.claim())) {
      return true;
    }
    decline(duty, Rebuilder.Reason.LOAD, "too many builds at once", now);
    return false;
  }

  private void decline(Duty duty, Rebuilder.Reason reason, String text, long now) {
    declined.put(duty.claim(), text);
    notes.accept("declined " + duty.brief() + " (" + reason.word() + "): " + text);
    try {
      keep(new Declines.Decline(duty.claim(), duty.derivation(), reason, text, now));
    } catch (IOException e) {
      notes.accept("warning: cannot write to " + state + ": " + e.getMessage());
    }
  }

  private synchronized void keep(Declines.Decline decline) throws IOException {
    Declines.add(state, decline);
  }

  void forget(Word claim) {
    declined.remove(claim);
    failed.remove(claim);
  }

  private void start(Duty duty, long seconds, long now) {
    Word claim = duty.claim();
    if (!running.add(claim)) {
      return;
    }
    if (results.get(claim).isPresent()) {
      // It has just ended.
      running.remove(claim);
      return;
    }
    notes.accept("drawn for " + duty.brief() + ": rebuilding");
    executor.execute(
        () -> {
          try {
            // Kept before the next step, which a crash may keep from coming.
            results.put(claim, rebuilder.rebuild(duty.derivation(), seconds));
          } catch (Rebuilder.Declined e) {
            decline(duty, e.reason(), e.getMessage(), now);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            failed.put(claim, now);
            notes.accept("warning: " + duty.brief() + ": " + e);
          } finally {
            running.remove(claim);
          }
        });
  }
}
