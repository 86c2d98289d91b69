package org.buildchain.store.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * messages at once where there is AVX-512. Elsewhere it is Java's own. For one thread at a time.
 * Source: FIPS 180-4.
 */
public final class Sha256 {
  /** How many messages are digested at once. */
  public static final int LANES = 16;

  /** From so many on it is faster than one after the other. */
  private static final int LEAST = 8;

  /** What the compression function takes. */
  private static final int BLOCK = 64;

  private static final int LENGTH_BYTES = 8;
  private static final int WORDS = 8;

  /** So much of what lies in the heap is digested in one call, which holds up safepoints. */
  private static final int HEAP_PIECE = 64 << 10;

  private static final Native NATIVE = load();

  /** The fractional parts of the square roots of the first eight primes. */
  private static final int[] INITIAL = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  private final Optional<MessageDigest> plain = NATIVE.hasOne() ? Optional.empty() : javas();
  private final int[] state = INITIAL.clone();

  /** What has come of a block, and how much of all. */
  private final byte[] tail = new byte[BLOCK];

  private long length;

  /** The library's functions; what this processor can't do is not to be called. */
  private record Native(
      boolean hasOne,
      boolean hasLanes,
      MethodHandle one,
      MethodHandle oneInHeap,
      MethodHandle lanes) {}

  private static Native load() {
    Path library = Path.of(System.getProperty("bc.native", "native"), "bc-sha256.so");
    FunctionDescriptor type =
        FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    if (!Files.isReadable(library)) {
      MethodHandle none = MethodHandles.empty(type.toMethodType());
      return new Native(false, false, none, none, none);
    }
    SymbolLookup symbols = SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global());
    Linker linker = Linker.nativeLinker();
    MemorySegment one = symbols.findOrThrow("bc_sha256_one");
    return new Native(
        is(linker, symbols, "bc_sha256_one_available"),
        is(linker, symbols, "bc_sha256_lanes_available"),
        linker.downcallHandle(one, type),
        linker.downcallHandle(one, type, Linker.Option.critical(true)),
        linker.downcallHandle(symbols.findOrThrow("bc_sha256_lanes"), type));
  }

  private static boolean is(Linker linker, SymbolLookup symbols, String question) {
    MethodHandle handle =
        linker.downcallHandle(
            symbols.findOrThrow(question), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) handle.invokeExact() != 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
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
    Sha256 digest = new Sha256();
    digest.update(message, 0, message.length);
    return digest.finish();
  }

  /** Goes on with bytes in the heap. */
  public void update(byte[] data, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, data.length);
    if (plain.isPresent()) {
      plain.get().update(data, offset, count);
      return;
    }
    int at = offset;
    int held = (int) (length % BLOCK);
    length += count;
    if (held > 0) {
      int more = Math.min(count, BLOCK - held);
      System.arraycopy(data, at, tail, held, more);
      if (held + more < BLOCK) {
        return;
      }
      blocks(tail, 0, BLOCK);
      at += more;
    }
    int whole = (offset + count - at) / BLOCK * BLOCK;
    blocks(data, at, whole);
    at += whole;
    System.arraycopy(data, at, tail, 0, offset + count - at);
  }

  private void blocks(byte[] data, int from, int count) {
    if (count > 0) {
      blocks(MemorySegment.ofArray(data).asSlice(from, count));
    }
  }

  /** Goes on with bytes anywhere. */
  public void update(MemorySegment data) {
    if (plain.isPresent()) {
      plain.get().update(data.asByteBuffer());
      return;
    }
    long at = 0;
    int held = (int) (length % BLOCK);
    length += data.byteSize();
    if (held > 0) {
      at = Math.min(data.byteSize(), BLOCK - held);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, tail, held, (int) at);
      if (held + at < BLOCK) {
        return;
      }
      blocks(MemorySegment.ofArray(tail));
    }
    long whole = (data.byteSize() - at) / BLOCK * BLOCK;
    if (whole > 0) {
      blocks(data.asSlice(at, whole));
    }
    at += whole;
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, tail, 0, (int) (data.byteSize() - at));
  }

  private void blocks(MemorySegment data) {
    try {
      if (data.isNative()) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment words = arena.allocate(ValueLayout.JAVA_INT, WORDS);
          MemorySegment.copy(state, 0, words, ValueLayout.JAVA_INT, 0, WORDS);
          NATIVE.one().invokeExact(words, data, data.byteSize());
          MemorySegment.copy(words, ValueLayout.JAVA_INT, 0, state, 0, WORDS);
        }
        return;
      }
      MemorySegment words = MemorySegment.ofArray(state);
      for (long at = 0; at < data.byteSize(); at += HEAP_PIECE) {
        long n = Math.min(HEAP_PIECE, data.byteSize() - at);
        MemorySegment piece = n == data.byteSize() ? data : data.asSlice(at, n);
        NATIVE.oneInHeap().invokeExact(words, piece, n);
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
      int count = Math.min(LANES, left.size());
      List<Sha256> some = left.subList(0, count);
      List<MemorySegment> theirs = rests.subList(0, count);
      long size = theirs.stream().mapToLong(MemorySegment::byteSize).min().orElseThrow();
      size -= size % BLOCK;
      boolean wide =
          NATIVE.hasOne()
              && NATIVE.hasLanes()
              && count >= LEAST
              && size > 0
              && some.stream().allMatch(d -> d.length % BLOCK == 0);
      if (wide) {
        lanes(some, theirs, size);
      }
      for (int i = count - 1; i >= 0; i--) {
        MemorySegment rest = rests.get(i).asSlice(wide ? size : 0);
        if (wide && rest.byteSize() >= BLOCK) {
          rests.set(i, rest);
        } else {
          left.remove(i).update(rest);
          rests.remove(i);
        }
      }
    }
  }

  private static void lanes(List<Sha256> digests, List<MemorySegment> pieces, long size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment states = arena.allocate(ValueLayout.JAVA_INT, (long) LANES * WORDS);
      MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, LANES);
      for (int lane = 0; lane < LANES; lane++) {
        // What is left over digests something again.
        pointers.setAtIndex(
            ValueLayout.ADDRESS, lane, pieces.get(Math.min(lane, pieces.size() - 1)));
      }
      for (int lane = 0; lane < digests.size(); lane++) {
        int[] state = digests.get(lane).state;
        MemorySegment.copy(state, 0, states, ValueLayout.JAVA_INT, 4L * WORDS * lane, WORDS);
      }
      NATIVE.lanes().invokeExact(states, pointers, size);
      for (int lane = 0; lane < digests.size(); lane++) {
        Sha256 digest = digests.get(lane);
        MemorySegment.copy(states, ValueLayout.JAVA_INT, 4L * WORDS * lane, digest.state, 0, WORDS);
        digest.length += size;
      }
    } catch (Throwable e) {
      throw unexpected(e);
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
    int held = (int) (length % BLOCK);
    int end = held + 1 + LENGTH_BYTES <= BLOCK ? BLOCK : 2 * BLOCK;
    ByteBuffer last = ByteBuffer.allocate(end);
    last.put(tail, 0, held).put((byte) 0x80).putLong(end - LENGTH_BYTES, length * 8);
    blocks(last.array(), 0, end);
    ByteBuffer digest = ByteBuffer.allocate(4 * WORDS).order(ByteOrder.BIG_ENDIAN);
    digest.asIntBuffer().put(state);
    return digest.array();
  }
}
