package org.buildchain.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;

/** Mounts by libfuse 2, through jnr-fuse. */
public final class JnrMountProvider implements MountProvider {
  /** Names our mounts in the kernel's table, so that they are told from those of others. */
  private static final String TYPE = "fuse.bc";

  private static final Path DEVICE = Path.of("/dev/fuse");

  private final FuseCallbacks.Owner owner;
  private LibFuse2.Functions library;

  /** A provider that acts as the user of this process. */
  public JnrMountProvider() {
    try {
      Path self = Path.of("/proc/self");
      owner =
          new FuseCallbacks.Owner(
              (int) Files.getAttribute(self, "unix:uid"),
              (int) Files.getAttribute(self, "unix:gid"));
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  @Override
  public List<Problem> probe() {
    List<Problem> problems = new ArrayList<>();
    if (!Files.exists(DEVICE)) {
      problems.add(
          new Problem(
              "/dev/fuse is missing",
              "load the kernel module (modprobe fuse), or give the container the device"
                  + " (--device /dev/fuse)"));
    } else if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      problems.add(
          new Problem(
              "/dev/fuse may not be opened by this user",
              "as root: chmod 0666 /dev/fuse (as udev does), and let the container use it"));
    }
    try {
      library();
    } catch (UnsatisfiedLinkError e) {
      problems.add(
          new Problem(
              "libfuse.so.2 is missing",
              "apt-get install libfuse2 (Debian 12) or libfuse2t64 (Debian 13)"));
    }
    if (!root() && !onPath("fusermount")) {
      problems.add(new Problem("fusermount is missing", "apt-get install fuse3"));
    }
    return List.copyOf(problems);
  }

  @Override
  public StoreMount mount(FileSystemView view, Path mountpoint, MountOptions options)
      throws IOException {
    Unmounter unmounter = new Unmounter(root());
    Path place = detachStale(unmounter, mountpoint);
    LibFuse2.Functions functions;
    try {
      functions = library();
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(
          "cannot mount "
              + place
              + ": libfuse.so.2 is missing (apt-get install libfuse2, on Debian 13 libfuse2t64)",
          e);
    }
    Optional<JnrMount> started =
        JnrMount.start(functions, new FuseCallbacks(view, owner), place, unmounter, options);
    JnrMount mount = started.orElseThrow(() -> new IOException(refusal(place)));
    try {
      // The first answer shows that the mount works; without it errors would meet its users.
      Files.readAttributes(place, "unix:mode");
      return mount;
    } catch (IOException e) {
      mount.close();
      throw new IOException("the mount at " + place + " does not answer: " + e.getMessage(), e);
    }
  }

  /** libfuse says why on standard error only; what the probe finds is likelier to be read. */
  private String refusal(Path place) {
    StringBuilder message = new StringBuilder("cannot mount " + place);
    for (Problem problem : probe()) {
      message.append(": ").append(problem.what()).append("; ").append(problem.remedy());
    }
    return message.append(" (libfuse's own words are in the daemon's log)").toString();
  }

  /**
   * Detaches what killed processes left at a mountpoint, and returns its real path.
   *
   * @throws IOException if something is mounted there that is not ours
   */
  private static Path detachStale(Unmounter unmounter, Path mountpoint) throws IOException {
    // Only the parent is resolved: a stale mount itself answers nothing.
    Path absolute = mountpoint.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path place = parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    List<String> types = MountTable.typesAt(place);
    for (int i = types.size() - 1; i >= 0 && types.get(i).equals(TYPE); i--) {
      unmounter.detach(place);
    }
    if (!Files.isDirectory(place)) {
      throw new IOException("cannot mount " + place + ": it is not a folder");
    }
    return place;
  }

  private boolean root() {
    return owner.uid() == 0;
  }

  /** Loaded once, since jnr-ffi generates classes each time. */
  private synchronized LibFuse2.Functions library() {
    if (library == null) {
      library =
          LibraryLoader.create(LibFuse2.Functions.class).failImmediately().load("libfuse.so.2");
    }
    return library;
  }

  private static boolean onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    for (String folder : path.split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
