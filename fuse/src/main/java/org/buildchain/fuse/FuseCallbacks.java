package org.buildchain.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Entry;
import org.buildchain.fuse.FileSystemView.Node;
import org.buildchain.fuse.FileSystemView.Regular;
import org.buildchain.fuse.FileSystemView.Symlink;
import org.buildchain.fuse.device.Mounter;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import ru.serce.jnrfuse.ErrorCodes;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;

/**
 * Answers libfuse's requests from a view. Every request comes in here, and none gets through to the
 * view once the {@link #gate} is shut.
 */
final class FuseCallbacks {
  private static final Logger LOG = System.getLogger(FuseCallbacks.class.getName());

  /** {@code typedef int (*fuse_fill_dir_t)(void *, const char *, const struct stat *, off_t)}. */
  private static final FunctionDescriptor FILL_DIR =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG);

  private final PathResolver resolver;
  private final Mounter owner;
  private final Runtime runtime = Runtime.getSystemRuntime();
  private final MethodHandle fillDir = Linker.nativeLinker().downcallHandle(FILL_DIR);

  private final AtomicLong handles = new AtomicLong();
  private final Map<Long, Opened> open = new ConcurrentHashMap<>();

  private final Gate gate = new Gate();

  FuseCallbacks(FileSystemView view, Mounter owner) {
    this.resolver = new PathResolver(view);
    this.owner = owner;
  }

  /** What is open. Requests that concern it come without its path. */
  private record Opened(Node node, String path) {}

  Gate gate() {
    return gate;
  }

  int getattr(Pointer pathname, Pointer stat) {
    String path = octets(pathname);
    return answer(
        path,
        () -> {
          Optional<Node> node = resolver.resolve(path);
          if (node.isEmpty()) {
            return -ErrorCodes.ENOENT();
          }
          fill(FileStat.of(stat), node.get());
          return 0;
        });
  }

  int readlink(Pointer pathname, Pointer buffer, long size) {
    String path = octets(pathname);
    return answer(
        path,
        () -> {
          Optional<Node> node = resolver.resolve(path);
          if (node.isEmpty()) {
            return -ErrorCodes.ENOENT();
          }
          if (!(node.get() instanceof Symlink link)) {
            return -ErrorCodes.EINVAL();
          }
          byte[] target = link.target().getBytes(StandardCharsets.ISO_8859_1);
          // The buffer takes a closing NUL; a target that does not fit is cut, says fuse.h.
          int length = (int) Math.min(target.length, size - 1);
          buffer.put(0, target, 0, length);
          buffer.putByte(length, (byte) 0);
          return 0;
        });
  }

  int open(Pointer path, Pointer info) {
    return open(path, info, Regular.class, ErrorCodes.EISDIR());
  }

  int opendir(Pointer path, Pointer info) {
    return open(path, info, Directory.class, ErrorCodes.ENOTDIR());
  }

  private int open(Pointer pathname, Pointer info, Class<? extends Node> wanted, int otherwise) {
    String path = octets(pathname);
    return answer(
        path,
        () -> {
          Optional<Node> node = resolver.resolve(path);
          if (node.isEmpty()) {
            return -ErrorCodes.ENOENT();
          }
          if (!wanted.isInstance(node.get())) {
            return -otherwise;
          }
          long handle = handles.incrementAndGet();
          open.put(handle, new Opened(node.get(), path));
          FuseFileInfo.of(info).fh.set(handle);
          return 0;
        });
  }

  private Optional<Opened> opened(Pointer info) {
    return Optional.ofNullable(open.get(FuseFileInfo.of(info).fh.longValue()));
  }

  int read(Pointer buffer, long size, long offset, Pointer info) {
    Optional<Opened> opened = opened(info);
    return answer(
        opened.map(Opened::path).orElse("?"),
        () -> {
          if (opened.isEmpty() || !(opened.get().node instanceof Regular file)) {
            return -ErrorCodes.EBADF();
          }
          return file.read(
              offset, MemorySegment.ofAddress(buffer.address()).reinterpret(size).asByteBuffer());
        });
  }

  int release(Pointer info) {
    open.remove(FuseFileInfo.of(info).fh.longValue());
    return 0;
  }

  int readdir(Pointer buffer, Pointer filler, Pointer info) {
    Optional<Opened> opened = opened(info);
    return answer(
        opened.map(Opened::path).orElse("?"),
        () -> {
          if (opened.isEmpty() || !(opened.get().node instanceof Directory directory)) {
            return -ErrorCodes.EBADF();
          }
          list(directory, buffer, filler);
          return 0;
        });
  }

  /** Offsets of 0 tell libfuse to keep the whole listing itself and to page through it. */
  private void list(Directory directory, Pointer buffer, Pointer filler) throws IOException {
    MemorySegment fill = MemorySegment.ofAddress(filler.address());
    MemorySegment into = MemorySegment.ofAddress(buffer.address());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(256);
      FileStat stat = new FileStat(runtime);
      Pointer memory = Memory.allocateDirect(runtime, Struct.size(stat), true);
      stat.useMemory(memory);
      MemorySegment statSegment = MemorySegment.ofAddress(memory.address());
      stat.st_mode.set(FileStat.S_IFDIR);
      stat.st_ino.set(directory.inode());
      name.setString(0, ".");
      call(fill, into, name, statSegment);
      name.setString(0, "..");
      call(fill, into, name, statSegment);
      for (Entry entry : directory.list()) {
        name.setString(0, entry.name(), StandardCharsets.ISO_8859_1);
        stat.st_mode.set(Modes.type(entry.kind()));
        stat.st_ino.set(entry.inode());
        call(fill, into, name, statSegment);
      }
    }
  }

  private void call(MemorySegment fill, MemorySegment into, MemorySegment name, MemorySegment stat)
      throws IOException {
    int full;
    try {
      full = (int) fillDir.invokeExact(fill, into, name, stat, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (full != 0) {
      throw new IOException("libfuse has no memory for a listing");
    }
  }

  private void fill(FileStat stat, Node node) throws IOException {
    long size = Modes.size(node);
    stat.st_ino.set(node.inode());
    stat.st_mode.set(Modes.mode(node));
    stat.st_nlink.set(1);
    stat.st_uid.set(owner.uid());
    stat.st_gid.set(owner.gid());
    stat.st_size.set(size);
    stat.st_blocks.set((size + 511) / 512);
    // The time that Nix gives to everything in its store.
    stat.st_atim.tv_sec.set(1);
    stat.st_mtim.tv_sec.set(1);
    stat.st_ctim.tv_sec.set(1);
  }

  private static String octets(Pointer path) {
    return MemorySegment.ofAddress(path.address())
        .reinterpret(Long.MAX_VALUE)
        .getString(0, StandardCharsets.ISO_8859_1);
  }

  @FunctionalInterface
  private interface Request {
    int run() throws IOException;
  }

  /** Nothing may be thrown into native code: every failure becomes an error number. */
  private int answer(String path, Request request) {
    try {
      return gate.enter() ? request.run() : -ErrorCodes.EIO();
    } catch (IOException | FormatException | StoreException e) {
      Mounting.unreadable(path, e);
      return -ErrorCodes.EIO();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "a request about " + Octets.toText(path) + " failed", e);
      return -ErrorCodes.EIO();
    } finally {
      gate.leave();
    }
  }
}
