package org.buildchain.fuse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.byref.IntByReference;
import jnr.ffi.byref.PointerByReference;
import org.buildchain.fuse.device.Mounter;

/**
 * One mount by libfuse 2. The loops run in threads of ours, which are attached to the JVM once;
 * libfuse's own would be attached and detached for each request.
 */
final class JnrMount implements StoreMount {
  /**
   * Everything below a child of the root is immutable, so the kernel keeps it for a year. That a
   * name does not exist is not kept: a new path is there at once.
   */
  private static final String OPTIONS =
      "ro,default_permissions,fsname=bc,subtype=bc,use_ino,kernel_cache"
          + ",entry_timeout=31536000,attr_timeout=31536000,negative_timeout=0";

  private static final long ROOT = 1;

  private final LibFuse2.Functions library;
  private final FuseCallbacks callbacks;
  private final Path mountpoint;
  private final Mounter mounter;
  private final Pointer fuse;

  /** What libfuse holds pointers to; referenced here so that it is not collected. */
  private final Operations operations;

  private final List<Thread> loops = new ArrayList<>();
  private boolean closed;

  private JnrMount(
      LibFuse2.Functions library,
      FuseCallbacks callbacks,
      Path mountpoint,
      Mounter mounter,
      Pointer fuse,
      Operations operations) {
    this.library = library;
    this.callbacks = callbacks;
    this.mountpoint = mountpoint;
    this.mounter = mounter;
    this.fuse = fuse;
    this.operations = operations;
  }

  /** A mount that is served, or empty if libfuse refused. */
  static Optional<JnrMount> start(
      LibFuse2.Functions library,
      FuseCallbacks callbacks,
      Path mountpoint,
      Mounter mounter,
      MountOptions options) {
    Operations operations = Operations.of(callbacks);
    String line = OPTIONS + (options.everyone() ? ",allow_other" : "");
    String[] arguments = {"bc", "-f", "-o", line, mountpoint.toString()};
    Pointer fuse =
        library.fuse_setup(
            arguments.length,
            arguments,
            operations.struct,
            Struct.size(operations.struct),
            new PointerByReference(),
            new IntByReference(),
            null);
    if (fuse == null) {
      return Optional.empty();
    }
    JnrMount mount = new JnrMount(library, callbacks, mountpoint, mounter, fuse, operations);
    mount.serve(options.threads());
    return Optional.of(mount);
  }

  private void serve(int threads) {
    for (int i = 0; i < threads; i++) {
      loops.add(Mounting.server(mountpoint, i, () -> library.fuse_loop(fuse)));
    }
  }

  @Override
  public Path mountpoint() {
    return mountpoint;
  }

  @Override
  public synchronized void removed(Collection<String> names) {
    if (closed) {
      return;
    }
    Pointer channel = library.fuse_session_next_chan(library.fuse_get_session(fuse), null);
    for (String name : names) {
      byte[] bytes = (name + '\0').getBytes(StandardCharsets.ISO_8859_1);
      Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), bytes.length);
      memory.put(0, bytes, 0, bytes.length);
      // Fails where the kernel never saw the name, which is as well.
      library.fuse_lowlevel_notify_inval_entry(channel, ROOT, memory, bytes.length - 1L);
    }
  }

  @Override
  public void changed() {
    // Nothing to do: libfuse keeps no listing, and this route shows no times.
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // Memory that a loop may yet use is not freed.
    if (Mounting.ended(mounter, mountpoint, callbacks.gate(), loops)) {
      library.fuse_destroy(fuse);
      operations.release();
    }
  }
}
