package org.buildchain.store.disk;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.buildchain.store.path.StorePath;

/**
 * What a collection removes of that which nothing keeps alive, least recently used first.
 *
 * @param maxFreed stop when this many bytes were freed
 * @param olderThan only paths that nobody has used for so long
 * @param keepLastUsed keep this many of the most recently used ones, with what they refer to
 * @param only these paths and no others; it is an error if one of them is alive
 * @param keepDerivations whether the derivations of living paths live
 * @param dryRun remove nothing, and tell what would go
 */
public record CollectOptions(
    OptionalLong maxFreed,
    Optional<Duration> olderThan,
    OptionalInt keepLastUsed,
    Optional<Set<StorePath>> only,
    boolean keepDerivations,
    boolean dryRun) {
  /** All that is dead. */
  public static final CollectOptions ALL =
      new CollectOptions(
          OptionalLong.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          true,
          false);

  /** As much as it takes to free so many bytes. */
  public static CollectOptions freeing(long bytes) {
    return new CollectOptions(
        OptionalLong.of(bytes),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        true,
        false);
  }
}
