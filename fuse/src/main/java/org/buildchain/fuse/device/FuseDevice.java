package org.buildchain.fuse.device;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.buildchain.store.posix.CFunction;

/**
 * An open {@code /dev/fuse} that belongs to a mount. Several of them may serve one mount; an answer
 * goes to the one that its request came from. Each is for one thread at a time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man4/fuse.4.html">fuse(4)</a>
 */
public final class FuseDevice implements AutoCloseable {
  /** Where it stands in the file system. */
  public static final Path PATH = Path.of("/dev/fuse");

  /** {@code FUSE_DEV_IOC_CLONE}: {@code _IOR(229, 0, uint32_t)}. */
  private static final long CLONE = 0x8004e500L;

  private static final short POLLIN = 1;

  /** What has not been taken for so long is left. */
  private static final long LEFT_NANOS = 1_000_000;

  /** What became of a message for the kernel. */
  public enum Sent {
    /** The kernel took it. */
    DONE,
    /** The kernel doesn't know, or no longer waits for, what it is about. */
    UNKNOWN,
    /** The mount is gone. */
    GONE
  }

  private final int fd;
  private final boolean own;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment state = CFunction.state(arena);

  /** {@code struct pollfd}. */
  private final MemorySegment poll = arena.allocate(8, 4);

  /** Two of {@code struct iovec}. */
  private final MemorySegment vector = arena.allocate(32, 8);

  /** Of a spare one: who has it looks for requests that are left. */
  private final Optional<Semaphore> watch;

  private boolean closed;

  /** Takes over a descriptor, or borrows one that another device closes. */
  private FuseDevice(int fd, boolean own, Optional<Semaphore> watch) {
    this.fd = fd;
    this.own = own;
    this.watch = watch;
  }

  /** Takes over a descriptor that belongs to a mount already. */
  static FuseDevice of(int fd) {
    return new FuseDevice(fd, true, Optional.empty());
  }

  /**
   * Opens the device, for a mount that is to come.
   *
   * @throws IOException if it cannot be opened
   */
  static FuseDevice open() throws IOException {
    return new FuseDevice(openDescriptor(0), true, Optional.empty());
  }

  private static int openDescriptor(int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CFunction.state(arena);
      int fd =
          (int)
              Sys.OPEN.call(
                  state,
                  arena.allocateFrom(PATH.toString()).address(),
                  Sys.O_RDWR | Sys.O_CLOEXEC | flags);
      if (fd < 0) {
        throw new IOException("cannot open " + PATH + ": " + Sys.text(CFunction.errno(state)));
      }
      return fd;
    }
  }

  int descriptor() {
    return fd;
  }

  /**
   * Another device for the same mount, with a queue of its own for what is being answered. Where
   * the kernel or the rights don't give one, it is the same descriptor, which must be closed last.
   */
  public FuseDevice another() {
    return another(Optional.empty());
  }

  /**
   * The same for a thread that stands in for others: {@link #read} gives a request only when nobody
   * has taken it for a millisecond. Whoever answers is quick as a rule, and then few threads whose
   * memory is in the processor's cache are quicker than many that the kernel wakes in turn.
   *
   * @param watch one permit, the same for all that stand in
   */
  public FuseDevice spare(Semaphore watch) {
    return another(Optional.of(watch));
  }

  private FuseDevice another(Optional<Semaphore> watching) {
    int fresh;
    try {
      fresh = openDescriptor(watching.isPresent() ? Sys.O_NONBLOCK : 0);
    } catch (IOException e) {
      return new FuseDevice(fd, false, Optional.empty());
    }
    try (Arena call = Arena.ofConfined()) {
      MemorySegment from = call.allocateFrom(ValueLayout.JAVA_INT, fd);
      int result = (int) Sys.IOCTL.call(CFunction.state(call), fresh, CLONE, from.address());
      if (result == 0) {
        return new FuseDevice(fresh, true, watching);
      }
    }
    Sys.close(fresh);
    return new FuseDevice(fd, false, Optional.empty());
  }

  /**
   * Waits for a request.
   *
   * @param into at least 8192 bytes and as many as the greatest request
   * @return its length, or -1 when the mount is gone
   */
  public int read(MemorySegment into) {
    return watch.isPresent() ? readLeft(into, watch.get()) : readNext(into);
  }

  /** One thread looks at a time: while it answers, the next one does. */
  private int readLeft(MemorySegment into, Semaphore one) {
    one.acquireUninterruptibly();
    try {
      return readNext(into);
    } finally {
      one.release();
    }
  }

  private void awaitLeft() {
    poll.set(ValueLayout.JAVA_INT, 0, fd);
    poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
    long unused = Sys.POLL.call(state, poll.address(), 1, -1);
    LockSupport.parkNanos(LEFT_NANOS);
  }

  private int readNext(MemorySegment into) {
    while (true) {
      if (watch.isPresent()) {
        awaitLeft();
      }
      long n = Sys.READ.call(state, fd, into.address(), into.byteSize());
      if (n >= 0) {
        return (int) n;
      }
      int errno = CFunction.errno(state);
      // ENOENT: whoever asked was killed before the request was handed out.
      if (errno != Sys.EINTR && errno != Sys.EAGAIN && errno != Sys.ENOENT) {
        return -1;
      }
    }
  }

  /**
   * Sends an answer or a notification.
   *
   * @throws IOException if the kernel finds it malformed, or has no memory
   */
  public Sent write(MemorySegment message) throws IOException {
    return write(message, MemorySegment.NULL);
  }

  /** As {@link #write(MemorySegment)}, a message whose end stands elsewhere in memory. */
  public Sent write(MemorySegment message, MemorySegment end) throws IOException {
    vector.set(ValueLayout.ADDRESS, 0, message);
    vector.set(ValueLayout.JAVA_LONG, 8, message.byteSize());
    vector.set(ValueLayout.ADDRESS, 16, end);
    vector.set(ValueLayout.JAVA_LONG, 24, end.byteSize());
    while (true) {
      long n = Sys.WRITEV.call(state, fd, vector.address(), end.byteSize() > 0 ? 2 : 1);
      if (n >= 0) {
        return Sent.DONE;
      }
      int errno = CFunction.errno(state);
      switch (errno) {
        case Sys.EINTR, Sys.EAGAIN -> {}
        case Sys.ENOENT -> {
          return Sent.UNKNOWN;
        }
        case Sys.ENODEV, Sys.ECONNABORTED, Sys.EPERM -> {
          return Sent.GONE;
        }
        default -> throw new IOException("the kernel refuses an answer: " + Sys.text(errno));
      }
    }
  }

  /** Closes it. No thread may use it any more. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (own) {
        Sys.close(fd);
      }
      arena.close();
    }
  }
}
