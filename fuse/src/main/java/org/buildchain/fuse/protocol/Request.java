package org.buildchain.fuse.protocol;

import static org.buildchain.fuse.protocol.Layouts.IN_HEADER;
import static org.buildchain.fuse.protocol.Layouts.U32;
import static org.buildchain.fuse.protocol.Layouts.U64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * A message of the kernel, which stays where it was read to.
 *
 * @param opcode one of {@link Opcode}, or another number
 * @param unique what the answer has to repeat
 * @param node what it is about
 * @param thread the number of the thread that waits for the answer; 0 where that has none here
 * @param body what follows the header
 */
public record Request(int opcode, long unique, long node, int thread, MemorySegment body) {
  private static final String WHAT = "message of the kernel";
  private static final int MAX_NAME = 1024;

  /** Which part of a file or a listing is asked for: {@code struct fuse_read_in}. */
  public record Range(long offset, int size) {}

  /** What the kernel can: {@code struct fuse_init_in}. */
  public record Init(int major, int minor, int maxReadAhead, int flags) {}

  /** Takes what is forgotten. */
  @FunctionalInterface
  public interface Forgetter {
    /** The kernel drops {@code lookups} of its references to {@code node}. */
    void forget(long node, long lookups);
  }

  /**
   * Reads the header.
   *
   * @param length how many bytes were read
   * @throws FormatException if the message is shorter than its header or than it says
   */
  public static Request of(MemorySegment buffer, int length) {
    if (length < IN_HEADER || buffer.get(U32, 0) != length) {
      throw new FormatException(WHAT, 0, "its length is not that of the " + length + " bytes read");
    }
    return new Request(
        buffer.get(U32, 4),
        buffer.get(U64, 8),
        buffer.get(U64, 16),
        buffer.get(U32, 32),
        buffer.asSlice(IN_HEADER, length - (long) IN_HEADER));
  }

  private void need(long bytes) {
    if (body.byteSize() < bytes) {
      throw new FormatException(
          WHAT + " with code " + opcode,
          IN_HEADER + body.byteSize(),
          "expected " + bytes + " bytes behind the header");
    }
  }

  /** The name that LOOKUP looks for, an octet string. */
  public String name() {
    long end = 0;
    long limit = Math.min(body.byteSize(), MAX_NAME);
    while (end < limit && body.get(ValueLayout.JAVA_BYTE, end) != 0) {
      end++;
    }
    if (end == limit) {
      throw new FormatException(
          WHAT + " with code " + opcode, IN_HEADER + end, "expected a NUL behind the name");
    }
    byte[] bytes = new byte[(int) end];
    MemorySegment.copy(body, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    return Octets.of(bytes);
  }

  /**
   * The part that READ, READDIR or READDIRPLUS asks for.
   *
   * @param most what the kernel was told to ask for at most
   */
  public Range range(int most) {
    need(40);
    long offset = body.get(U64, 8);
    int size = body.get(U32, 16);
    if (offset < 0 || size < 0 || size > most) {
      throw new FormatException(
          WHAT + " with code " + opcode,
          IN_HEADER + 8,
          "asks for " + Integer.toUnsignedString(size) + " bytes from offset " + offset);
    }
    return new Range(offset, size);
  }

  /** What INIT offers. */
  public Init init() {
    need(16);
    return new Init(body.get(U32, 0), body.get(U32, 4), body.get(U32, 8), body.get(U32, 12));
  }

  /** What FORGET or BATCH_FORGET drops. */
  public void forgotten(Forgetter forgetter) {
    if (opcode == Opcode.FORGET) {
      need(8);
      forgetter.forget(node, body.get(U64, 0));
      return;
    }
    need(8);
    long count = Integer.toUnsignedLong(body.get(U32, 0));
    need(8 + count * 16);
    for (long i = 0; i < count; i++) {
      forgetter.forget(body.get(U64, 8 + i * 16), body.get(U64, 16 + i * 16));
    }
  }
}
