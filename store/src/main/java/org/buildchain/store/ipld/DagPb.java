package org.buildchain.store.ipld;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * Nodes of dag-pb. On the wire the links come before the data, in the order given. Source: "DAG-PB
 * Specification", ipld.io.
 */
final class DagPb {
  /** About what a link takes, or a bit more. */
  private static final int LINK = 80;

  private DagPb() {}

  /**
   * A link.
   *
   * @param name an octet string
   * @param size of all blocks below it
   */
  record Link(Cid cid, String name, long size) {}

  /**
   * A node.
   *
   * @param dataOffset where in the block the data stands
   */
  record Node(List<Link> links, byte[] data, int dataOffset) {}

  static byte[] encode(List<Link> links, byte[] data) {
    Proto.Writer out = new Proto.Writer(data.length + 2 * LINK + links.size() * LINK);
    for (Link link : links) {
      byte[] name = Octets.bytes(link.name());
      out.message(
          2,
          new Proto.Writer(name.length + LINK)
              .bytes(1, link.cid().bytes())
              .bytes(2, name)
              .number(3, link.size()));
    }
    return out.bytes(1, data).toByteArray();
  }

  static Node decode(Cid cid, byte[] block) {
    String what = "block " + cid;
    Proto.Reader reader = new Proto.Reader(what, block);
    List<Link> links = new ArrayList<>();
    Optional<byte[]> data = Optional.empty();
    int end = 0;
    for (int field; (field = reader.next()) != 0; ) {
      switch (field) {
        case 1 -> {
          data = Optional.of(reader.bytes());
          end = reader.position();
        }
        case 2 -> links.add(link(what, reader.bytes()));
        default -> throw new FormatException(what, "unknown field " + field + " of dag-pb");
      }
    }
    byte[] found = data.orElseThrow(() -> new FormatException(what, "has no data"));
    return new Node(List.copyOf(links), found, end - found.length);
  }

  private static Link link(String what, byte[] bytes) {
    Proto.Reader reader = new Proto.Reader(what, bytes);
    Optional<Cid> cid = Optional.empty();
    String name = "";
    long size = 0;
    for (int field; (field = reader.next()) != 0; ) {
      switch (field) {
        case 1 -> cid = Optional.of(Cid.ofBytes(reader.bytes()));
        case 2 -> name = Octets.of(reader.bytes());
        case 3 -> size = reader.number();
        default -> throw new FormatException(what, "unknown field " + field + " of a link");
      }
    }
    return new Link(
        cid.orElseThrow(() -> new FormatException(what, "a link has no CID")), name, size);
  }
}
