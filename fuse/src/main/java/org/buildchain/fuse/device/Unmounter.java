package org.buildchain.fuse.device;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.buildchain.store.posix.CFunction;

/** Takes mounts away, lazily: at once for all who come, at last use for those who are inside. */
final class Unmounter {
  /** {@code MNT_DETACH} of {@code sys/mount.h}. */
  private static final int MNT_DETACH = 2;

  private final boolean root;

  Unmounter(boolean root) {
    this.root = root;
  }

  /**
   * Detaches the topmost mount at {@code mountpoint}.
   *
   * @throws IOException if that fails, also where nothing is mounted
   */
  void detach(Path mountpoint) throws IOException {
    if (root) {
      umount2(mountpoint);
    } else {
      fusermount(mountpoint);
    }
  }

  private static void umount2(Path mountpoint) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CFunction.state(arena);
      int result =
          (int)
              Sys.UMOUNT2.call(
                  state, arena.allocateFrom(mountpoint.toString()).address(), MNT_DETACH);
      if (result != 0) {
        throw new IOException(
            "cannot unmount " + mountpoint + ": " + Sys.text(CFunction.errno(state)));
      }
    }
  }

  /** Only root may call umount2; for others the set-uid helper that mounted also unmounts. */
  private static void fusermount(Path mountpoint) throws IOException {
    String program = Fusermount.find().map(Path::toString).orElse("fusermount");
    Process process =
        new ProcessBuilder(program, "-u", "-z", "--", mountpoint.toString())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    try (var output = process.getInputStream()) {
      byte[] said = output.readNBytes(4096);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("cannot unmount " + mountpoint + ": fusermount does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            "cannot unmount "
                + mountpoint
                + ": "
                + new String(said, StandardCharsets.UTF_8).strip());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + mountpoint, e);
    }
  }
}
