package org.buildchain.store.block;

import java.nio.ByteBuffer;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;

/**
 * Where a block stands, as the table {@code blocks} says it. Each writing of a block has a place of
 * its own, so that who removes one can tell whether it was written again meanwhile.
 */
public sealed interface BlockPlace {
  /** A file of its own. {@code stamp} tells one writing from another. */
  record Own(long stamp) implements BlockPlace {}

  /** A part of a pack. */
  record Packed(long pack, long offset, int length) implements BlockPlace {}

  /** What the table holds. */
  default byte[] encode() {
    return switch (this) {
      case Own(long stamp) -> ByteBuffer.allocate(Long.BYTES).putLong(stamp).array();
      case Packed(long pack, long offset, int length) ->
          ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
              .putLong(pack)
              .putLong(offset)
              .putInt(length)
              .array();
    };
  }

  /**
   * Reads what the table holds; nothing at all is a file of its own, of the first format.
   *
   * @throws FormatException if it is no place
   */
  static BlockPlace decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    switch (bytes.length) {
      case 0:
        return new Own(0);
      case Long.BYTES:
        return new Own(in.getLong());
      case 2 * Long.BYTES + Integer.BYTES:
        Packed place = new Packed(in.getLong(), in.getLong(), in.getInt());
        if (place.offset < 0 || place.length < 0 || place.length > Block.MAX_SIZE) {
          throw new FormatException("place of a block", "out of range: " + place);
        }
        return place;
      default:
        throw new FormatException("place of a block", "has " + bytes.length + " bytes");
    }
  }
}
