package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Ids of the host that builders have when the daemon is root. Each build has its own, and none of
 * them owns a file of the host: a builder that escaped would be nobody. Daemons of several stores
 * share the ids by locks on files, which the kernel lets go when a daemon dies.
 */
final class BuildUsers implements AutoCloseable {
  /**
   * Above what directory services hand out (sssd: to 2000200000) and below what systemd keeps for
   * foreign files (from 2147352576); Nix's own begin at 872415232.
   */
  private static final int PREFERRED_FIRST = 2_100_000_000;

  /** Gone after a restart of the machine, as those who hold locks are. */
  private static final Path LOCKS = Path.of("/run/bc-build-users");

  /** How many builds may run at once. */
  private static final int COUNT = 1024;

  private final int first;
  private final Path locks;
  private final BitSet taken = new BitSet(COUNT);

  /** The locks that this process holds; it keeps them for its next builds. */
  private final Map<Integer, FileChannel> held = new HashMap<>();

  /**
   * @param first of the ids
   * @param locks a folder of root's, for the files that are locked
   */
  BuildUsers(int first, Path locks) {
    this.first = first;
    this.locks = locks;
  }

  /** The ids that this process may hand out, which in a container are not all there are. */
  static BuildUsers ofThisProcess() {
    try {
      return new BuildUsers(first(Files.readString(Path.of("/proc/self/uid_map"))), LOCKS);
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  /**
   * The first id of a block in a map of lines {@code inside outside count}, as user_namespaces(7)
   * describes it.
   */
  static int first(String map) {
    long best = PREFERRED_FIRST;
    for (String line : map.strip().split("\n")) {
      String[] fields = line.strip().split("\\s+");
      long start = Long.parseLong(fields[0]);
      long count = Long.parseLong(fields[2]);
      if (start <= PREFERRED_FIRST && PREFERRED_FIRST + COUNT <= start + count) {
        return PREFERRED_FIRST;
      }
      // The end of the largest usual block, below "nobody".
      if (count >= 4L * COUNT && start + count <= Integer.MAX_VALUE) {
        best = start + count - 2L * COUNT;
      }
    }
    return (int) best;
  }

  /**
   * An id that nobody else has until it is released.
   *
   * @throws IOException if the files that say who has one can't be made
   */
  synchronized int acquire() throws IOException {
    BitSet tried = (BitSet) taken.clone();
    for (int slot; (slot = tried.nextClearBit(0)) < COUNT; tried.set(slot)) {
      if (held.containsKey(slot) || lock(slot)) {
        taken.set(slot);
        return first + slot;
      }
    }
    throw new IllegalStateException("more than " + COUNT + " builds at once");
  }

  private boolean lock(int slot) throws IOException {
    FileChannel file = open(slot);
    try {
      if (file.tryLock() != null) {
        held.put(slot, file);
        return true;
      }
    } catch (OverlappingFileLockException e) {
      // Another object of this process has it.
    }
    file.close();
    return false;
  }

  private FileChannel open(int slot) throws IOException {
    try {
      Files.createDirectories(
          locks,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return FileChannel.open(
          locks.resolve(Integer.toString(first + slot)),
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "cannot note which user builds run as (a container may need a writable '"
              + locks.getParent()
              + "'): "
              + e.getMessage(),
          e);
    }
  }

  synchronized void release(int id) {
    taken.clear(id - first);
  }

  /** Lets others have the ids. No build may be running. */
  @Override
  public synchronized void close() throws IOException {
    for (FileChannel file : held.values()) {
      file.close();
    }
    held.clear();
  }
}
