package org.buildchain.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.buildchain.fuse.device.Mounter;
import org.buildchain.store.format.Octets;

/** How a mount begins and ends, whichever route it takes. */
final class Mounting {
  private static final Logger LOG = System.getLogger(Mounting.class.getName());

  /** How long requests under way, and then the threads, may take to end. */
  private static final int PATIENCE_SECONDS = 3;

  private Mounting() {}

  /**
   * Waits for a mount's first answer, which shows that it works; without it errors would meet its
   * users.
   *
   * @throws IOException if none comes; the mount is closed then
   */
  static <M extends StoreMount> M answering(M mount) throws IOException {
    Path place = mount.mountpoint();
    try {
      Files.readAttributes(place, "unix:mode");
      return mount;
    } catch (IOException e) {
      mount.close();
      throw new IOException("the mount at " + place + " does not answer: " + e.getMessage(), e);
    }
  }

  /** A thread that answers requests. */
  static Thread server(Path mountpoint, int number, Runnable loop) {
    return Thread.ofPlatform()
        .daemon()
        .name("fuse-" + mountpoint.getFileName() + "-" + number)
        .start(loop);
  }

  /**
   * Takes a mount away, and waits for its requests and threads.
   *
   * @return whether all of them have ended. Files that are still open keep the connection, and with
   *     it the threads, until the last of them is closed; they are answered with errors, and what
   *     the threads use must stay
   */
  static boolean ended(Mounter mounter, Path mountpoint, Gate gate, List<Thread> threads) {
    try {
      mounter.detach(mountpoint);
    } catch (IOException e) {
      // Somebody else unmounted it, or the kernel refuses: either way nothing is left to do here.
      LOG.log(Level.WARNING, e.getMessage());
    }
    if (!gate.shut(PATIENCE_SECONDS)) {
      LOG.log(Level.WARNING, "requests to " + mountpoint + " are still under way");
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      for (Thread thread : threads) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        thread.join(Math.max(left, 1));
        if (thread.isAlive()) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Says in the log why a reader got an error.
   *
   * @param path where it read, an octet string
   */
  static void unreadable(String path, Exception why) {
    LOG.log(Level.WARNING, "cannot read " + Octets.toText(path) + ": " + why.getMessage());
  }
}
