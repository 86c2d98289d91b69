package org.buildchain.daemon.host.repository;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Of all commands of a daemon: one at a time fetches into a repository, as git itself demands. */
public final class RepositoryLocks {
  private final Map<Path, Lock> locks = new ConcurrentHashMap<>();

  /** For one repository. */
  Lock of(Path repository) {
    return locks.computeIfAbsent(repository, p -> new ReentrantLock());
  }
}
