package org.buildchain.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.fuse.device.FuseDevice;
import org.buildchain.fuse.device.Fusermount;
import org.buildchain.fuse.device.Mounter;

/**
 * Mounts by speaking the kernel's FUSE protocol, without a library. As root it mounts by itself;
 * for others the program {@code fusermount3} does.
 */
final class DirectMountProvider implements MountProvider {
  private static final int READ_AHEAD_KIB = Responder.MAX_READ >> 10;

  private final Mounter mounter = Mounter.ofThisProcess();

  @Override
  public String name() {
    return "direct";
  }

  @Override
  public List<Problem> probe() {
    List<Problem> problems = new ArrayList<>(deviceProblems());
    if (!mounter.root() && Fusermount.find().isEmpty()) {
      problems.add(new Problem("fusermount3 is missing", "apt-get install fuse3"));
    }
    return List.copyOf(problems);
  }

  /** What both routes need. */
  static List<Problem> deviceProblems() {
    if (!Files.exists(FuseDevice.PATH)) {
      return List.of(
          new Problem(
              "/dev/fuse is missing",
              "load the kernel module (modprobe fuse), or give the container the device"
                  + " (--device /dev/fuse)"));
    }
    if (!Files.isReadable(FuseDevice.PATH) || !Files.isWritable(FuseDevice.PATH)) {
      return List.of(
          new Problem(
              "/dev/fuse may not be opened by this user",
              "as root: chmod 0666 /dev/fuse (as udev does), and let the container use it"));
    }
    return List.of();
  }

  @Override
  public StoreMount mount(FileSystemView view, Path mountpoint, MountOptions options)
      throws IOException {
    Path place = mounter.detachStale(mountpoint);
    FuseDevice device = mounter.mount(place, options.everyone(), Responder.MAX_READ);
    DirectMount mount = new DirectMount(new Served(view, mounter), mounter, place, device);
    mount.serve(options.threads());
    Mounting.answering(mount);
    mounter.readAhead(place, READ_AHEAD_KIB);
    return mount;
  }
}
