package org.buildchain.fuse;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.IgnoreError;
import jnr.ffi.annotations.Out;
import jnr.ffi.byref.IntByReference;
import jnr.ffi.byref.PointerByReference;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import ru.serce.jnrfuse.struct.FuseOperations;

/**
 * The calls of libfuse 2.9 that a mount needs, beside those that jnr-fuse declares.
 *
 * <p>jnr-fuse's own {@code mount} is passed by for four reasons. It goes through {@code
 * fuse_main_real}, which installs signal handlers and lets libfuse create the threads; each such
 * thread is attached to the JVM and detached again for every single request. It decodes names as
 * UTF-8, which loses those that are not. It adds a shutdown hook that unmounts in no order with
 * ours. And it reports a failure only as an exit status, after a pause. Its structures are used as
 * they are.
 */
final class LibFuse2 {
  private LibFuse2() {}

  /** The functions. Public, as all types here, because jnr-ffi generates code that uses them. */
  public interface Functions {
    /**
     * Mounts and makes a file system of the operations; null on failure, after a message on
     * standard error. Signal handlers are set only where there is none, and the JVM has its own.
     * (The calls that this one is made of have old versions that {@code dlsym} prefers.)
     */
    @IgnoreError
    Pointer fuse_setup(
        int argc,
        String[] argv,
        FuseOperations operations,
        @size_t long size,
        @Out PointerByReference mountpoint,
        @Out IntByReference multithreaded,
        Pointer data);

    /** Answers requests until the mount is gone. May run in several threads at once. */
    @IgnoreError
    int fuse_loop(Pointer fuse);

    /** The session of a file system. */
    @IgnoreError
    Pointer fuse_get_session(Pointer fuse);

    /** The session's first channel, if {@code channel} is null. */
    @IgnoreError
    Pointer fuse_session_next_chan(Pointer session, Pointer channel);

    /** Makes the kernel forget a name; 0, or an error number below 0. */
    @IgnoreError
    int fuse_lowlevel_notify_inval_entry(
        Pointer channel, long parent, Pointer name, @size_t long length);

    /** Frees a file system and closes its channel. No loop may run any more. */
    @IgnoreError
    void fuse_destroy(Pointer fuse);
  }

  /** {@code fuse_operations.getattr} with an undecoded path. */
  public interface Getattr {
    @Delegate
    int getattr(Pointer path, Pointer stat);
  }

  /** {@code fuse_operations.readlink} with an undecoded path. */
  public interface Readlink {
    @Delegate
    int readlink(Pointer path, Pointer buffer, @size_t long size);
  }

  /** {@code fuse_operations.open} and {@code opendir} with an undecoded path. */
  public interface Open {
    @Delegate
    int open(Pointer path, Pointer info);
  }

  /** {@code fuse_operations.read}; the path is null. */
  public interface Read {
    @Delegate
    int read(Pointer path, Pointer buffer, @size_t long size, @off_t long offset, Pointer info);
  }

  /** {@code fuse_operations.release} and {@code releasedir}; the path is null. */
  public interface Release {
    @Delegate
    int release(Pointer path, Pointer info);
  }

  /** {@code fuse_operations.readdir}; the path is null. */
  public interface Readdir {
    @Delegate
    int readdir(Pointer path, Pointer buffer, Pointer filler, @off_t long offset, Pointer info);
  }
}
