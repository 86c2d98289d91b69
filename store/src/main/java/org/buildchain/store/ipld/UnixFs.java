package org.buildchain.store.ipld;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.store.format.FormatException;

/**
 * The data of a dag-pb node that is a file, a folder or a link. Source: "UnixFS", specs.ipfs.tech.
 *
 * @param data the target of a symlink, the bit field of a shard, the bytes of a file
 * @param bytesOffset where in the node's data they stand
 * @param blockSizes how many of the file's bytes are below each link
 * @param mode permission bits; 0 where none are given
 */
record UnixFs(
    Type type,
    byte[] data,
    int bytesOffset,
    long fileSize,
    List<Long> blockSizes,
    long hashType,
    long fanout,
    int mode) {
  /** Kinds of nodes, in the order of their numbers. */
  enum Type {
    RAW,
    DIRECTORY,
    FILE,
    METADATA,
    SYMLINK,
    HAMT_SHARD
  }

  /** murmur3-x64-64, the hash of HAMT shards. */
  static final long MURMUR3 = 0x22;

  /** Room for what stands beside a node's content. */
  private static final int NUMBERS = 128;

  static byte[] directory() {
    return begin(Type.DIRECTORY, 0).toByteArray();
  }

  static byte[] shard(byte[] bits, int fanout) {
    return begin(Type.HAMT_SHARD, bits.length)
        .bytes(2, bits)
        .number(5, MURMUR3)
        .number(6, fanout)
        .toByteArray();
  }

  static byte[] symlink(byte[] target) {
    return begin(Type.SYMLINK, target.length).bytes(2, target).toByteArray();
  }

  static byte[] file(List<Long> blockSizes, int mode) {
    Proto.Writer out = begin(Type.FILE, 0);
    out.number(3, blockSizes.stream().mapToLong(Long::longValue).sum());
    for (long size : blockSizes) {
      out.number(4, size);
    }
    if (mode != 0) {
      out.number(7, mode);
    }
    return out.toByteArray();
  }

  /** A file whose content stands in its node. */
  static byte[] smallFile(byte[] content, int mode) {
    Proto.Writer out = begin(Type.FILE, content.length);
    if (content.length > 0) {
      out.bytes(2, content);
    }
    return out.number(3, content.length).number(7, mode).toByteArray();
  }

  private static Proto.Writer begin(Type type, int content) {
    return new Proto.Writer(content + NUMBERS).number(1, type.ordinal());
  }

  static UnixFs decode(Cid cid, byte[] data) {
    String what = "UnixFS of block " + cid;
    Proto.Reader reader = new Proto.Reader(what, data);
    int type = -1;
    byte[] bytes = {};
    int bytesOffset = 0;
    long fileSize = 0;
    List<Long> blockSizes = new ArrayList<>();
    long hashType = 0;
    long fanout = 0;
    int mode = 0;
    for (int field; (field = reader.next()) != 0; ) {
      switch (field) {
        case 1 -> type = (int) Math.min(reader.number(), 100);
        case 2 -> {
          bytes = reader.bytes();
          bytesOffset = reader.position() - bytes.length;
        }
        case 3 -> fileSize = reader.number();
        case 4 -> blockSizes.add(reader.number());
        case 5 -> hashType = reader.number();
        case 6 -> fanout = reader.number();
        case 7 -> mode = (int) (reader.number() & 07777);
        case 8 -> reader.bytes();
        default -> throw new FormatException(what, "unknown field " + field);
      }
    }
    if (type < 0 || type >= Type.values().length) {
      throw new FormatException(what, "unknown type " + type);
    }
    return new UnixFs(
        Type.values()[type],
        bytes,
        bytesOffset,
        fileSize,
        List.copyOf(blockSizes),
        hashType,
        fanout,
        mode);
  }
}
