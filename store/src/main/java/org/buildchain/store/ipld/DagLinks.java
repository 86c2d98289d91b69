package org.buildchain.store.ipld;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.FormatException;

/** The links of a block, whatever it holds. */
public final class DagLinks {
  private DagLinks() {}

  /**
   * The CIDs that a block links to: those of dag-pb as they stand, those of dag-cbor with maps
   * ascending by key.
   *
   * @throws FormatException if the block is not of its codec
   */
  public static List<Cid> of(Cid cid, byte[] block) {
    return switch (cid.codec()) {
      case RAW -> List.of();
      case DAG_PB -> DagPb.decode(cid, block).links().stream().map(DagPb.Link::cid).toList();
      case DAG_CBOR -> {
        List<Cid> links = new ArrayList<>();
        collect(DagCbor.decode("block " + cid, block), links);
        yield links;
      }
    };
  }

  /**
   * The links that lead to what a block is the beginning of and not to anything in it: the parts of
   * a file, the shards of a folder, but not a folder's entries. Source: "Trustless Gateway
   * Specification", {@code dag-scope=entity}.
   *
   * @throws FormatException if the block is not of its codec, or no UnixFS
   */
  public static List<Cid> ofEntity(Cid cid, byte[] block) {
    if (cid.codec() != Cid.Codec.DAG_PB) {
      return List.of();
    }
    DagPb.Node node = DagPb.decode(cid, block);
    return switch (UnixFs.decode(cid, node.data()).type()) {
      case FILE, RAW -> node.links().stream().map(DagPb.Link::cid).toList();
      case HAMT_SHARD ->
          node.links().stream().filter(Shards::isShard).map(DagPb.Link::cid).toList();
      case DIRECTORY, SYMLINK, METADATA -> List.of();
    };
  }

  private static void collect(Ipld value, List<Cid> links) {
    switch (value) {
      case Ipld.Link(Cid cid) -> links.add(cid);
      case Ipld.Array(List<Ipld> values) -> values.forEach(v -> collect(v, links));
      case Ipld.Map map -> {
        for (Map.Entry<String, Ipld> entry : map.values().entrySet()) {
          collect(entry.getValue(), links);
        }
      }
      case Ipld.Int _, Ipld.Text _, Ipld.Bytes _, Ipld.Bool _, Ipld.Null _ -> {}
    }
  }
}
