package org.buildchain.hashrewrite;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds where 32 digits of nix-base32 stand in a row, by native code ({@code native/bc-find}): some
 * gigabytes a second on one core. Thread-safe.
 */
final class NativeFinder {
  /** The library's, if it is there. */
  static final Optional<NativeFinder> FOUND = load();

  /** So much is looked at in one call, which holds up safepoints. */
  private static final int PIECE = 128 << 10;

  private static final MemorySegment DIGITS = MemorySegment.ofArray(HashFinder.digits());

  private final MethodHandle find;

  private NativeFinder(MethodHandle find) {
    this.find = find;
  }

  private static Optional<NativeFinder> load() {
    Path library = Path.of(System.getProperty("bc.native", "native"), "bc-find.so");
    if (!Files.isReadable(library)) {
      return Optional.empty();
    }
    MemorySegment symbol =
        SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global()).findOrThrow("bc_find");
    return Optional.of(
        new NativeFinder(
            Linker.nativeLinker()
                .downcallHandle(
                    symbol,
                    FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                    Linker.Option.critical(true))));
  }

  /**
   * The first position from {@code from} on and before {@code to} where 32 digits begin; {@code to}
   * if there is none. The bytes up to {@code to + 31} are looked at and must be there.
   */
  int find(byte[] data, int from, int to) {
    if (to + HashFinder.LENGTH - 1 > data.length || from < 0) {
      throw new IndexOutOfBoundsException(to);
    }
    MemorySegment bytes = MemorySegment.ofArray(data);
    for (int at = from; at < to; ) {
      int end = Math.min(to, at + PIECE);
      int found;
      try {
        found = (int) (long) find.invokeExact(bytes, DIGITS, (long) at, (long) end);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
      if (found < end) {
        return found;
      }
      at = end;
    }
    return to;
  }
}
