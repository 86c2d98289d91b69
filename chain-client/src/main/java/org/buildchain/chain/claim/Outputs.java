package org.buildchain.chain.claim;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;

/**
 * The outputs of a derivation as a claim names them: a dag-cbor map from their names to links to
 * their store objects; docs/formats.md, "On the chain".
 */
public final class Outputs {
  private Outputs() {}

  /** The block that a claim names. */
  public static Block block(SortedMap<String, Cid> objects) {
    SortedMap<String, Ipld> map = new TreeMap<>();
    objects.forEach((name, cid) -> map.put(name, new Ipld.Link(cid)));
    return Block.of(Cid.Codec.DAG_CBOR, DagCbor.encode(new Ipld.Map(map)));
  }

  /**
   * The store objects in such a block.
   *
   * @throws FormatException if it is none
   */
  public static SortedMap<String, Cid> read(byte[] block) {
    String what = "outputs of a claim";
    if (!(DagCbor.decode(what, block) instanceof Ipld.Map map) || map.values().isEmpty()) {
      throw new FormatException(what, "expected a map");
    }
    SortedMap<String, Cid> objects = new TreeMap<>();
    for (Map.Entry<String, Ipld> entry : map.values().entrySet()) {
      if (!(entry.getValue() instanceof Ipld.Link link)
          || link.value().codec() != Cid.Codec.DAG_CBOR) {
        throw new FormatException(what, "expected a link to a store object");
      }
      objects.put(entry.getKey(), link.value());
    }
    return objects;
  }

  /** How the contracts name a dag-cbor block: the digest of its CID. */
  public static Word digest(Cid cid) {
    if (cid.codec() != Cid.Codec.DAG_CBOR) {
      throw new FormatException("CID " + cid, "claims name dag-cbor blocks only");
    }
    return new Word(cid.digest());
  }

  /** The CID that a digest on the chain stands for. */
  public static Cid cid(Word digest) {
    return new Cid(Cid.Codec.DAG_CBOR, digest.bytes());
  }
}
