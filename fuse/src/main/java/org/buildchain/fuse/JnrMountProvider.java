package org.buildchain.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import org.buildchain.fuse.device.Mounter;

/** Mounts by libfuse 2, through jnr-fuse. */
final class JnrMountProvider implements MountProvider {
  private final Mounter mounter = Mounter.ofThisProcess();
  private LibFuse2.Functions library;

  @Override
  public String name() {
    return "jnr-fuse";
  }

  @Override
  public List<Problem> probe() {
    List<Problem> problems = new ArrayList<>(DirectMountProvider.deviceProblems());
    try {
      library();
    } catch (UnsatisfiedLinkError e) {
      problems.add(
          new Problem(
              "libfuse.so.2 is missing",
              "apt-get install libfuse2 (Debian 12) or libfuse2t64 (Debian 13)"));
    }
    if (!mounter.root() && !onPath("fusermount")) {
      problems.add(new Problem("fusermount is missing", "apt-get install fuse3"));
    }
    return List.copyOf(problems);
  }

  @Override
  public StoreMount mount(FileSystemView view, Path mountpoint, MountOptions options)
      throws IOException {
    Path place = mounter.detachStale(mountpoint);
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
        JnrMount.start(functions, new FuseCallbacks(view, mounter), place, mounter, options);
    return Mounting.answering(started.orElseThrow(() -> new IOException(refusal(place))));
  }

  /** libfuse says why on standard error only; what the probe finds is likelier to be read. */
  private String refusal(Path place) {
    StringBuilder message = new StringBuilder("cannot mount " + place);
    for (Problem problem : probe()) {
      message.append(": ").append(problem.what()).append("; ").append(problem.remedy());
    }
    return message.append(" (libfuse's own words are in the daemon's log)").toString();
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
