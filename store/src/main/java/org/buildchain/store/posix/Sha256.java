package org.buildchain.store.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * SHA-256 of a long message that comes in pieces, by native code where the processor has
 * instructions for it ({@code native/bc-sha256}): as fast from the first call on as Java's becomes
 * when it is compiled, without a copy of what lies outside the heap, and twice as fast for sixteen
 * messages at once where there is AVX-512; fewer are digested two by two. Elsewhere it is Java's
 * own. For one thread at a time. Source: FIPS 180-4.
 */
public final class Sha256 {
  /** How many messages are digested at once. */
  public static final int LANES = 16;

  /** From so many on that is faster than two by two. */
  private static final int WORTHWHILE = 10;

  /** What the compression function takes. */
  private static final int BLOCK = 64;

  private static final int SIZE = 32;
  private static final int WORDS = 8;

  /** So much is digested in one call by one message, which holds up safepoints. */
  private static final int PIECE = 128 << 10;

  private static final Native NATIVE = load();

  /** The fractional parts of the square roots of the first eight primes. */
  private static final int[] INITIAL = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  /** The library's {@code struct bc_sha256}, and where in it the message's length stands. */
  private static final int MESSAGE = 13;

  private static final int LENGTH = 12;

  private final Optional<MessageDigest> plain = NATIVE.hasOne() ? Optional.empty() : javas();
  private final long[] message = new long[MESSAGE];

  /** Begins a message. */
  public Sha256() {
    MemorySegment.copy(
        MemorySegment.ofArray(INITIAL), 0, MemorySegment.ofArray(message), 0, 4L * WORDS);
  }

  /**
   * The library's functions; what this processor can't do is not to be called. The first three take
   * two addresses, of what lies in the heap too, and two numbers: with one signature, for the same
   * reason as {@link CFunction}; {@code bc_find} has it as well.
   */
  private record Native(
      boolean hasOne,
      boolean hasLanes,
      MethodHandle update,
      MethodHandle finish,
      MethodHandle whole,
      CFunction two,
      CFunction lanes) {}

  private static Native load() {
    Path library = Path.of(System.getProperty("bc.native", "native"), "bc-sha256.so");
    FunctionDescriptor signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);
    if (!Files.isReadable(library)) {
      MethodHandle none = MethodHandles.empty(signature.toMethodType());
      CFunction nothing = new CFunction(none);
      return new Native(false, false, none, none, none, nothing, nothing);
    }
    SymbolLookup symbols = SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global());
    Linker linker = Linker.nativeLinker();
    // What lies in the heap stays where it is as long as they run.
    Linker.Option inHeap = Linker.Option.critical(true);
    return new Native(
        is(symbols, "bc_sha256_one_available"),
        is(symbols, "bc_sha256_lanes_available"),
        linker.downcallHandle(symbols.findOrThrow("bc_sha256_update"), signature, inHeap),
        linker.downcallHandle(symbols.findOrThrow("bc_sha256_finish"), signature, inHeap),
        linker.downcallHandle(symbols.findOrThrow("bc_sha256_whole"), signature, inHeap),
        CFunction.at(symbols.findOrThrow("bc_sha256_two")),
        CFunction.at(symbols.findOrThrow("bc_sha256_lanes")));
  }

  private static boolean is(SymbolLookup symbols, String question) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) CFunction.at(symbols.findOrThrow(question)).call(CFunction.state(arena), 0) != 0;
    }
  }

  private static Optional<MessageDigest> javas() {
    try {
      return Optional.of(MessageDigest.getInstance("SHA-256"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is Java's own here. */
  static boolean isJavas() {
    return !NATIVE.hasOne();
  }

  /** The digest of a whole message. */
  public static byte[] of(byte[] message) {
    return of(message, 0, message.length);
  }

  /** The digest of a part of an array. */
  public static byte[] of(byte[] data, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, data.length);
    if (!NATIVE.hasOne() || count > PIECE) {
      Sha256 digest = new Sha256();
      digest.update(data, offset, count);
      return digest.finish();
    }
    byte[] digest = new byte[SIZE];
    try {
      MemorySegment to = MemorySegment.ofArray(digest);
      MemorySegment from = MemorySegment.ofArray(data);
      long _ = (long) NATIVE.whole().invokeExact(to, from, (long) offset, (long) count);
    } catch (Throwable e) {
      throw unexpected(e);
    }
    return digest;
  }

  /** Goes on with bytes in the heap. */
  public void update(byte[] data, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, data.length);
    update(MemorySegment.ofArray(data), offset, count);
  }

  /** Goes on with bytes anywhere. */
  public void update(MemorySegment data) {
    update(data, 0, data.byteSize());
  }

  private void update(MemorySegment data, long offset, long count) {
    if (plain.isPresent()) {
      plain.get().update(data.asSlice(offset, count).asByteBuffer());
      return;
    }
    MemorySegment to = MemorySegment.ofArray(message);
    try {
      for (long at = 0; at < count; at += PIECE) {
        long part = Math.min(PIECE, count - at);
        long _ = (long) NATIVE.update().invokeExact(to, data, offset + at, part);
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Goes on with several messages, each by its piece, and with as many at once as is worth while.
   *
   * @param pieces outside the heap; those of about one length go together best
   */
  public static void updateAll(List<Sha256> digests, List<MemorySegment> pieces) {
    if (digests.size() != pieces.size() || !pieces.stream().allMatch(MemorySegment::isNative)) {
      throw new IllegalArgumentException("not a piece outside the heap for each digest");
    }
    List<Sha256> left = new ArrayList<>(digests);
    List<MemorySegment> rests = new ArrayList<>(pieces);
    while (!left.isEmpty()) {
      int count = together(left);
      List<Sha256> some = left.subList(0, count);
      List<MemorySegment> theirs = rests.subList(0, count);
      long size = theirs.stream().mapToLong(MemorySegment::byteSize).min().orElseThrow();
      size = count == 1 ? 0 : size - size % BLOCK;
      if (size > 0) {
        together(some, theirs, size);
      }
      for (int i = count - 1; i >= 0; i--) {
        MemorySegment rest = rests.get(i).asSlice(size);
        if (size > 0 && rest.byteSize() >= BLOCK) {
          rests.set(i, rest);
        } else {
          left.remove(i).update(rest);
          rests.remove(i);
        }
      }
    }
  }

  /** How many of the first are to be digested at once. */
  private static int together(List<Sha256> digests) {
    int most = NATIVE.hasLanes() && digests.size() >= WORTHWHILE ? LANES : 2;
    int count = Math.min(most, digests.size());
    boolean can =
        NATIVE.hasOne()
            && digests.subList(0, count).stream().allMatch(d -> d.message[LENGTH] % BLOCK == 0);
    return can ? count : 1;
  }

  private static void together(List<Sha256> digests, List<MemorySegment> pieces, long size) {
    int places = digests.size() == 2 ? 2 : LANES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment states = arena.allocate(ValueLayout.JAVA_INT, (long) places * WORDS);
      MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, places);
      for (int i = 0; i < places; i++) {
        // What is left over digests something again.
        pointers.setAtIndex(ValueLayout.ADDRESS, i, pieces.get(Math.min(i, pieces.size() - 1)));
      }
      for (int i = 0; i < digests.size(); i++) {
        MemorySegment message = MemorySegment.ofArray(digests.get(i).message);
        MemorySegment.copy(message, 0, states, 4L * WORDS * i, 4L * WORDS);
      }
      CFunction function = places == 2 ? NATIVE.two() : NATIVE.lanes();
      function.call(CFunction.state(arena), states.address(), pointers.address(), size);
      for (int i = 0; i < digests.size(); i++) {
        long[] message = digests.get(i).message;
        MemorySegment.copy(states, 4L * WORDS * i, MemorySegment.ofArray(message), 0, 4L * WORDS);
        message[LENGTH] += size;
      }
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case Error r -> throw r;
      default -> new IllegalStateException(e);
    };
  }

  /** The digest of all that came. To be called once, as the last. */
  public byte[] finish() {
    if (plain.isPresent()) {
      return plain.get().digest();
    }
    byte[] digest = new byte[SIZE];
    try {
      MemorySegment to = MemorySegment.ofArray(digest);
      MemorySegment from = MemorySegment.ofArray(message);
      long _ = (long) NATIVE.finish().invokeExact(from, to, 0L, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
    return digest;
  }
}
