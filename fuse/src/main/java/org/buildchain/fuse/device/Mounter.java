package org.buildchain.fuse.device;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.buildchain.store.posix.CFunction;

/**
 * Mounts the kernel's FUSE file system: as root by {@code mount(2)}, for others through {@code
 * fusermount3}.
 *
 * @param uid the user of this process, to whom the mount belongs
 * @param gid the group of this process
 */
public record Mounter(int uid, int gid) {
  /** Names our mounts in the kernel's table, so that they are told from those of others. */
  public static final String TYPE = "fuse.bc";

  private static final long MS_RDONLY = 1;
  private static final long MS_NOSUID = 2;
  private static final long MS_NODEV = 4;
  private static final long MS_NOATIME = 1024;

  /** A mounter that acts as the user of this process. */
  public static Mounter ofThisProcess() {
    try {
      Path self = Path.of("/proc/self");
      return new Mounter(
          (int) Files.getAttribute(self, "unix:uid"), (int) Files.getAttribute(self, "unix:gid"));
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  /** Whether this process may mount by itself. */
  public boolean root() {
    return uid == 0;
  }

  /**
   * Mounts read-only; the kernel checks rights by the files' modes and refuses every change.
   *
   * @param place a real path
   * @param everyone whether other users may look in
   * @param maxRead the most bytes that the kernel asks for at once
   * @return the device, whose first request is INIT
   */
  public FuseDevice mount(Path place, boolean everyone, int maxRead) throws IOException {
    String options = "default_permissions,max_read=" + maxRead + (everyone ? ",allow_other" : "");
    if (!root()) {
      return Fusermount.mount(place, "ro,nosuid,nodev,noatime,fsname=bc,subtype=bc," + options);
    }
    FuseDevice device = FuseDevice.open();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CFunction.state(arena);
      String data =
          "fd="
              + device.descriptor()
              + ",rootmode=40000,user_id="
              + uid
              + ",group_id="
              + gid
              + ","
              + options;
      int result =
          (int)
              Sys.MOUNT.call(
                  state,
                  arena.allocateFrom("bc").address(),
                  arena.allocateFrom(place.toString()).address(),
                  arena.allocateFrom(TYPE).address(),
                  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME,
                  arena.allocateFrom(data).address());
      if (result != 0) {
        throw new IOException("cannot mount " + place + ": " + Sys.text(CFunction.errno(state)));
      }
      return device;
    } catch (IOException | RuntimeException e) {
      device.close();
      throw e;
    }
  }

  /**
   * Lets the kernel read ahead this far in the files of a mount. Only root may; for others the
   * kernel's own setting, 128 KiB as a rule, holds.
   */
  public void readAhead(Path place, int kibibytes) {
    if (!root()) {
      return;
    }
    try {
      String device = MountTable.deviceAt(place);
      Files.writeString(
          Path.of("/sys/class/bdi", device, "read_ahead_kb"),
          Integer.toString(kibibytes),
          StandardCharsets.US_ASCII,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      // A container's /sys may be read-only. Reading is a little slower then.
      System.getLogger(Mounter.class.getName())
          .log(System.Logger.Level.DEBUG, "the read-ahead stays as it is: " + e.getMessage());
    }
  }

  /**
   * Detaches what killed processes left at a mountpoint, and returns its real path.
   *
   * @throws IOException if it is no folder, or something is mounted there that cannot be detached
   */
  public Path detachStale(Path mountpoint) throws IOException {
    // Only the parent is resolved: a stale mount itself answers nothing.
    Path absolute = mountpoint.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path place = parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    List<String> types = MountTable.typesAt(place);
    Unmounter unmounter = new Unmounter(root());
    for (int i = types.size() - 1; i >= 0 && types.get(i).equals(TYPE); i--) {
      unmounter.detach(place);
    }
    if (!Files.isDirectory(place)) {
      throw new IOException("cannot mount " + place + ": it is not a folder");
    }
    return place;
  }

  /**
   * Detaches the topmost mount at {@code mountpoint}, lazily.
   *
   * @throws IOException if that fails, also where nothing is mounted
   */
  public void detach(Path mountpoint) throws IOException {
    new Unmounter(root()).detach(mountpoint);
  }
}
