package org.buildchain.store.ipld;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.buildchain.store.format.Octets;

/**
 * Large folders as a HAMT of 256-way shards: a name's place is the next 8 bits of its hash, written
 * as two upper-case hexadecimal digits before the link's name; a shard's own link has the digits
 * alone. Source: "UnixFS", HAMTDirectory.
 */
final class Shards {
  static final int FANOUT = 256;
  private static final int PREFIX = 2;
  private static final int MAX_DEPTH = 8;

  private Shards() {}

  /** A name's child and the hash of the name. */
  private record Item(DagPb.Link link, long hash) {
    int slot(int depth) {
      return (int) (hash >>> (56 - 8 * depth)) & 0xff;
    }
  }

  /**
   * Stores the shards of a folder.
   *
   * @return the link to the topmost, without a name
   */
  static DagPb.Link build(List<DagPb.Link> links, Block.Sink sink) throws IOException {
    List<Item> items = new ArrayList<>(links.size());
    for (DagPb.Link link : links) {
      items.add(new Item(link, Murmur3.hash(Octets.bytes(link.name()))));
    }
    return build(items, 0, sink);
  }

  private static DagPb.Link build(List<Item> items, int depth, Block.Sink sink) throws IOException {
    TreeMap<Integer, List<Item>> slots = new TreeMap<>();
    for (Item item : items) {
      slots.computeIfAbsent(item.slot(depth), k -> new ArrayList<>()).add(item);
    }
    if (depth == MAX_DEPTH) {
      throw new IllegalStateException("names whose 64-bit hashes are equal");
    }
    List<DagPb.Link> out = new ArrayList<>();
    byte[] bits = new byte[FANOUT / 8];
    for (var slot : slots.entrySet()) {
      int index = slot.getKey();
      // The bit field is one big-endian number: slot 0 is the last byte's lowest bit.
      bits[bits.length - 1 - index / 8] |= (byte) (1 << (index % 8));
      String prefix = String.format(Locale.ROOT, "%02X", index);
      List<Item> inside = slot.getValue();
      DagPb.Link link =
          inside.size() == 1 ? inside.getFirst().link() : build(inside, depth + 1, sink);
      out.add(new DagPb.Link(link.cid(), prefix + link.name(), link.size()));
    }
    int skip = 0;
    while (skip < bits.length && bits[skip] == 0) {
      skip++;
    }
    byte[] data = UnixFs.shard(Arrays.copyOfRange(bits, skip, bits.length), FANOUT);
    return UnixFsWriter.node(out, data, sink);
  }

  /** Whether a shard's link leads to another shard. */
  static boolean isShard(DagPb.Link link) {
    return link.name().length() == PREFIX;
  }

  /** The name behind the place. */
  static String name(DagPb.Link link) {
    return link.name().substring(PREFIX);
  }

  /** What the links of a shard at {@code depth} begin with on the way to a name. */
  static String prefix(String name, int depth) {
    int slot = (int) (Murmur3.hash(Octets.bytes(name)) >>> (56 - 8 * depth)) & 0xff;
    return String.format(Locale.ROOT, "%02X", slot);
  }
}
