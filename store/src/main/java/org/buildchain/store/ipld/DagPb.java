package org.buildchain.store.ipld;

import java.io.ByteArrayOutputStream;
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Link link : links) {
      ByteArrayOutputStream inner = new ByteArrayOutputStream();
      Proto.bytes(inner, 1, link.cid().bytes());
      Proto.bytes(inner, 2, Octets.bytes(link.name()));
      Proto.number(inner, 3, link.size());
      Proto.bytes(out, 2, inner.toByteArray());
    }
    Proto.bytes(out, 1, data);
    return out.toByteArray();
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
