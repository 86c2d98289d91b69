package org.buildchain.substituter.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.FolderNames;
import org.buildchain.store.ipld.Ipld;

/**
 * What a block links to. Blocks are read as they come, also those that this store would not write:
 * CIDs of version 0, folders in another order. Sources: "DAG-PB Specification", ipld.io; "UnixFS",
 * specs.ipfs.tech.
 *
 * @param kind what the links mean
 * @param links in the order of the block
 * @param own how many bytes of a file stand in the node itself
 * @param sizes for each link of a file, how many bytes are below it
 */
record Node(Kind kind, List<Link> links, long own, List<Long> sizes) {
  /** A kind of node. */
  enum Kind {
    /** Bytes, or a link: nothing is below. */
    LEAF,
    FILE,
    FOLDER,
    SHARD,
    /** Of another format: links with or without names. */
    OTHER
  }

  /**
   * A link.
   *
   * @param name an octet string; may be empty
   */
  record Link(String name, AnyCid cid) {}

  private static final Node LEAF = new Node(Kind.LEAF, List.of(), 0, List.of());

  /**
   * Reads a block.
   *
   * @throws FormatException if it is not of its codec
   */
  static Node of(AnyCid cid, byte[] block) {
    if (cid.codec() == AnyCid.DAG_PB) {
      return pb("block " + cid, block);
    }
    if (cid.codec() == AnyCid.DAG_CBOR) {
      List<Link> links = new ArrayList<>();
      collect(DagCbor.decode("block " + cid, block), links);
      return new Node(Kind.OTHER, List.copyOf(links), 0, List.of());
    }
    return LEAF;
  }

  private static void collect(Ipld value, List<Link> links) {
    switch (value) {
      case Ipld.Link link -> links.add(new Link("", AnyCid.ofBytes(link.value().bytes())));
      case Ipld.Array(List<Ipld> values) -> values.forEach(v -> collect(v, links));
      case Ipld.Map map -> {
        for (Map.Entry<String, Ipld> entry : map.values().entrySet()) {
          collect(entry.getValue(), links);
        }
      }
      case Ipld.Int _, Ipld.Text _, Ipld.Bytes _, Ipld.Bool _, Ipld.Null _ -> {}
    }
  }

  private static Node pb(String what, byte[] block) {
    List<Link> links = new ArrayList<>();
    byte[] data = new byte[0];
    Varints in = new Varints(what, block);
    while (!in.atEnd()) {
      switch ((int) in.next()) {
        case (1 << 3) | 2 -> data = in.bytes(in.next());
        case (2 << 3) | 2 -> links.add(link(what, in.bytes(in.next())));
        default -> throw new FormatException(what, "has an unknown field of dag-pb");
      }
    }
    return unixFs(what, List.copyOf(links), data);
  }

  private static Link link(String what, byte[] bytes) {
    String name = "";
    byte[] cid = new byte[0];
    Varints in = new Varints(what, bytes);
    while (!in.atEnd()) {
      switch ((int) in.next()) {
        case (1 << 3) | 2 -> cid = in.bytes(in.next());
        case (2 << 3) | 2 -> name = Octets.of(in.bytes(in.next()));
        case 3 << 3 -> {
          long unused = in.next();
        }
        default -> throw new FormatException(what, "has an unknown field in a link of dag-pb");
      }
    }
    return new Link(name, AnyCid.ofBytes(cid));
  }

  /** Fields of no interest here are passed over, as Protocol Buffers want it. */
  private static Node unixFs(String what, List<Link> links, byte[] data) {
    long type = -1;
    long own = 0;
    List<Long> sizes = new ArrayList<>();
    Varints in = new Varints(what, data);
    while (!in.atEnd()) {
      int key = (int) in.next();
      switch (key & 7) {
        case 0 -> {
          long number = in.next();
          if (key >> 3 == 1) {
            type = number;
          } else if (key >> 3 == 4) {
            sizes.add(number);
          }
        }
        case 2 -> {
          byte[] bytes = in.bytes(in.next());
          if (key >> 3 == 2) {
            own = bytes.length;
          }
        }
        default -> throw new FormatException(what, "has an unknown field of UnixFS");
      }
    }
    Kind kind =
        switch ((int) type) {
          case 0, 2 -> Kind.FILE;
          case 1 -> Kind.FOLDER;
          case 4 -> Kind.LEAF;
          case 5 -> Kind.SHARD;
          default -> Kind.OTHER;
        };
    return new Node(kind, links, own, List.copyOf(sizes));
  }

  /** Whether a shard's link leads to another shard. */
  static boolean isShard(Link link) {
    return link.name().length() == FolderNames.SHARD_PREFIX;
  }
}
