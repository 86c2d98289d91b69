package org.buildchain.fuse;

import java.lang.ref.Reference;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.provider.ClosureManager;
import ru.serce.jnrfuse.struct.FuseOperations;

/** A filled {@code struct fuse_operations}, and the closures that it points to. */
final class Operations {
  /**
   * {@code flag_nullpath_ok} and {@code flag_nopath}: what is open needs no path, so none is built.
   */
  private static final int NO_PATHS = 0b11;

  final FuseOperations struct;

  /** jnr-ffi frees a closure's code when its object is collected. */
  private final Object[] closures;

  private Operations(FuseOperations struct, Object[] closures) {
    this.struct = struct;
    this.closures = closures;
  }

  static Operations of(FuseCallbacks callbacks) {
    Runtime runtime = Runtime.getSystemRuntime();
    FuseOperations struct = new FuseOperations(runtime);
    Pointer memory = Memory.allocateDirect(runtime, Struct.size(struct), true);
    struct.useMemory(memory);

    LibFuse2.Getattr getattr = callbacks::getattr;
    LibFuse2.Readlink readlink = callbacks::readlink;
    LibFuse2.Open open = callbacks::open;
    LibFuse2.Read read =
        (_, buffer, size, offset, info) -> callbacks.read(buffer, size, offset, info);
    LibFuse2.Release release = (_, info) -> callbacks.release(info);
    LibFuse2.Open opendir = callbacks::opendir;
    LibFuse2.Readdir readdir =
        (_, buffer, filler, _, info) -> callbacks.readdir(buffer, filler, info);

    ClosureManager manager = runtime.getClosureManager();
    memory.putPointer(
        struct.getattr.offset(), manager.getClosurePointer(LibFuse2.Getattr.class, getattr));
    memory.putPointer(
        struct.readlink.offset(), manager.getClosurePointer(LibFuse2.Readlink.class, readlink));
    memory.putPointer(struct.open.offset(), manager.getClosurePointer(LibFuse2.Open.class, open));
    memory.putPointer(struct.read.offset(), manager.getClosurePointer(LibFuse2.Read.class, read));
    memory.putPointer(
        struct.release.offset(), manager.getClosurePointer(LibFuse2.Release.class, release));
    memory.putPointer(
        struct.readdir.offset(), manager.getClosurePointer(LibFuse2.Readdir.class, readdir));
    memory.putPointer(
        struct.opendir.offset(), manager.getClosurePointer(LibFuse2.Open.class, opendir));
    memory.putPointer(
        struct.releasedir.offset(), manager.getClosurePointer(LibFuse2.Release.class, release));
    // The flags are one unsigned int of bit fields behind bmap; jnr-fuse declares them as padding.
    memory.putInt(struct.bmap.offset() + Long.BYTES, NO_PATHS);
    return new Operations(
        struct, new Object[] {getattr, readlink, open, read, release, opendir, readdir});
  }

  /** Keeps everything alive up to this call. */
  void release() {
    Reference.reachabilityFence(closures);
  }
}
