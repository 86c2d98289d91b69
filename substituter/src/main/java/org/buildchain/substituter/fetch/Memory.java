package org.buildchain.substituter.fetch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What caches have answered, up to a number of bytes, each for a time: files, and that there is
 * none. Thread-safe.
 */
final class Memory {
  private static final int OVERHEAD = 256;

  private record Key(String cache, String name) {}

  private record Answer(Optional<byte[]> bytes, Instant since, Instant until) {
    /** A clock that was ahead, and is set right, makes it worth nothing. */
    boolean holds(Instant now) {
      return !now.isBefore(since) && !now.isAfter(until);
    }

    int size() {
      return OVERHEAD + bytes.map(b -> b.length).orElse(0);
    }
  }

  private final Clock clock;
  private final long maxBytes;
  private final Map<Key, Answer> answers = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  Memory(Clock clock, long maxBytes) {
    this.clock = clock;
    this.maxBytes = maxBytes;
  }

  /** The answer if it is known: the file, or that there is none. */
  synchronized Optional<Optional<byte[]>> get(String cache, String name) {
    Answer answer = answers.get(new Key(cache, name));
    if (answer == null || !answer.holds(clock.instant())) {
      return Optional.empty();
    }
    return Optional.of(answer.bytes());
  }

  /** Keeps an answer. */
  synchronized void put(String cache, String name, Optional<byte[]> file, Duration time) {
    forget(cache, name);
    Instant now = clock.instant();
    Answer answer = new Answer(file, now, now.plus(time));
    answers.put(new Key(cache, name), answer);
    bytes += answer.size();
    var oldest = answers.values().iterator();
    while (bytes > maxBytes) {
      bytes -= oldest.next().size();
      oldest.remove();
    }
  }

  /** Drops an answer that has turned out to be wrong. */
  synchronized void forget(String cache, String name) {
    Answer old = answers.remove(new Key(cache, name));
    bytes -= old == null ? 0 : old.size();
  }
}
