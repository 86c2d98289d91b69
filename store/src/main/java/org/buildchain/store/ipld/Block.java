package org.buildchain.store.ipld;

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

  /** Takes blocks. */
  @FunctionalInterface
  public interface Sink {
    /** Keeps the block, or fails. */
    void put(Block block) throws java.io.IOException;
  }

  /** Gives blocks. */
  @FunctionalInterface
  public interface Source {
    /** The bytes of a block, checked against its name. */
    byte[] get(Cid cid) throws java.io.IOException;
  }
}
