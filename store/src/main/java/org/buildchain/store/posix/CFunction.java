package org.buildchain.store.posix;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * A function of the C library, or of another one, whose arguments, at most six, and result are
 * integers or addresses.
 *
 * <p>All are called with the same signature, since the JVM makes a dozen classes for each one that
 * it has not had, which was a fifth of the daemon's start. On Linux for x86-64 and AArch64 six such
 * arguments travel in registers, variadic ones too; a function leaves alone those that it doesn't
 * have; and of a result that is an {@code int} the lower half counts.
 *
 * @param handle takes a segment for errno and six times a {@code long}
 */
public record CFunction(MethodHandle handle) {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /**
   * The function of that name.
   *
   * @throws IllegalStateException if the C library has none
   */
  public static CFunction named(String name) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("libc has no " + name));
    return at(symbol);
  }

  /** The function at an address, in whatever library. */
  public static CFunction at(MemorySegment symbol) {
    return new CFunction(
        LINKER.downcallHandle(symbol, SIGNATURE, Linker.Option.captureCallState("errno")));
  }

  /** Memory for errno. */
  public static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  /** What a call left in it. */
  public static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** Calls it with one argument. */
  public long call(MemorySegment state, long a) {
    return call(state, a, 0, 0, 0, 0, 0);
  }

  /** Calls it with two arguments. */
  public long call(MemorySegment state, long a, long b) {
    return call(state, a, b, 0, 0, 0, 0);
  }

  /** Calls it with three arguments. */
  public long call(MemorySegment state, long a, long b, long c) {
    return call(state, a, b, c, 0, 0, 0);
  }

  /** Calls it with four arguments. */
  public long call(MemorySegment state, long a, long b, long c, long d) {
    return call(state, a, b, c, d, 0, 0);
  }

  /** Calls it with five arguments. */
  public long call(MemorySegment state, long a, long b, long c, long d, long e) {
    return call(state, a, b, c, d, e, 0);
  }

  /**
   * Calls it. What stands at an address among the arguments must stay there until it returns.
   *
   * @param state gets errno
   */
  public long call(MemorySegment state, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) handle.invokeExact(state, a, b, c, d, e, f);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      // A function of C throws nothing.
      throw new IllegalStateException(failure);
    }
  }
}
