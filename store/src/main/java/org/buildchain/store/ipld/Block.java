package org.buildchain.store.ipld;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/**
 * Bytes with their name.
 *
 * @param data not to be changed; at most {@link #MAX_SIZE} bytes
 */
public record Block(Cid cid, byte[] data) {
  /** The greatest length of a block. */
  public static final int MAX_SIZE = 2 << 20;

  /** Names bytes. */
  public static Block of(Cid.Codec codec, byte[] data) {
    if (data.length > MAX_SIZE) {
      throw new IllegalArgumentException("a block has at most " + MAX_SIZE + " bytes");
    }
    return new Block(Cid.of(codec, data), data);
  }

  /**
   * A block that a file consists of.
   *
   * @param size the length that it must have
   */
  public record Part(Cid cid, int size) {}

  /** Checked bytes in another's memory, which stay as they are until this is closed. */
  public interface Lent extends AutoCloseable {
    /** The bytes; only to be read. */
    MemorySegment bytes();

    @Override
    void close();
  }

  /** Takes bytes that stand in a file. */
  @FunctionalInterface
  public interface FileSink {
    /**
     * Takes {@code count} bytes from {@code position}.
     *
     * @param file stays open until this returns
     */
    void send(FileChannel file, long position, long count) throws IOException;
  }

  /** Takes blocks. */
  @FunctionalInterface
  public interface Sink {
    /** Keeps none. */
    Sink NONE =
        new Sink() {
          @Override
          public void put(Block block) {}

          @Override
          public void put(Cid cid, MemorySegment data) {}
        };

    /** Keeps the block, or fails. */
    void put(Block block) throws IOException;

    /**
     * The same for one whose bytes lie anywhere, and may change after.
     *
     * @param cid what they are called
     */
    default void put(Cid cid, MemorySegment data) throws IOException {
      put(new Block(cid, data.toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  /** Gives blocks. */
  @FunctionalInterface
  public interface Source {
    /** The bytes of a block, checked against its name. */
    byte[] get(Cid cid) throws IOException;

    /**
     * Copies a part of a block, checked likewise.
     *
     * @param size the length that the block must have
     * @param offset where the part begins
     * @param length how long it is; {@code into} has room for it
     * @throws FormatException if the block has another length
     */
    default void read(Cid cid, int size, int offset, ByteBuffer into, int length)
        throws IOException {
      byte[] data = get(cid);
      if (data.length != size) {
        throw new FormatException(
            "block " + cid, "has " + data.length + " bytes, its file says " + size);
      }
      into.put(data, offset, length);
    }

    /**
     * Has blocks at hand that are about to be read, checked, if that is worth while; they may as
     * well be read without. What is wrong with one is said when it is read.
     */
    default void prepare(List<Part> blocks) {}

    /**
     * Lends a part of a block, checked, where it is held outside the heap; else it is empty, and
     * the part must be read.
     *
     * @throws FormatException if the block has another length
     */
    default Optional<Lent> lend(Part block, int offset, int length) throws IOException {
      return Optional.empty();
    }

    /**
     * Sends a part of a block out of its file, checked as well as any that is read; false where it
     * must be read.
     *
     * @throws FormatException if the block has another length
     */
    default boolean send(Part block, int offset, int length, FileSink to) throws IOException {
      return false;
    }
  }
}
