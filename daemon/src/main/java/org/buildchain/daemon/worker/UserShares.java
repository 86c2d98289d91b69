package org.buildchain.daemon.worker;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each user has.
 *
 * <p>Threat: one user opens as many as there may be, and nobody else gets in. So each has a share;
 * root, who could end the daemon as well, has no limit. Thread-safe.
 */
final class UserShares {
  private static final String ROOT = "root";

  private final int most;
  private final Map<String, Integer> connections = new ConcurrentHashMap<>();

  /** One connection; closed when it ends. */
  interface Share extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param most connections of one user
   */
  UserShares(int most) {
    this.most = most;
  }

  /** Counts a connection in; empty if the user has as many as there may be. */
  Optional<Share> take(String user) {
    int now = connections.merge(user, 1, Integer::sum);
    Share share = () -> connections.computeIfPresent(user, (u, n) -> n == 1 ? null : n - 1);
    if (now > most && !user.equals(ROOT)) {
      share.close();
      return Optional.empty();
    }
    return Optional.of(share);
  }
}
