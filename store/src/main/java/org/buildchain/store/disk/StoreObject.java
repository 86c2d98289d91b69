package org.buildchain.store.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/**
 * A store object as its dag-cbor block says it. Because references are links, its CID names a whole
 * closure.
 *
 * @param root the tree, with references zeroed where {@code rewrites} says so
 * @param references what it refers to besides itself
 * @param rewrites by the path within the tree (an octet string, empty for the root), where hash
 *     parts stood in a file or a link's target, as indexes into {@link #hashes}
 */
record StoreObject(
    StorePath path,
    Cid root,
    SortedMap<StorePath, Cid> references,
    SortedMap<String, Rewrites> rewrites,
    Hash narHash,
    long narSize,
    Optional<ContentAddress> contentAddress) {
  /**
   * The order in which {@code rewrites} counts hashes: the object's own path, then its references
   * by name. Names outlive a rebuild, hashes do not: so the table of a rebuilt object is mostly the
   * same block.
   */
  List<StorePath> hashes() {
    return hashes(path, references.keySet());
  }

  static List<StorePath> hashes(StorePath path, Collection<StorePath> references) {
    List<StorePath> hashes = new ArrayList<>(references);
    hashes.remove(path);
    hashes.sort(Comparator.comparing(StorePath::name).thenComparing(StorePath::hashPart));
    hashes.addFirst(path);
    return hashes;
  }

  /** Stores the object's block and what it needs besides the tree. */
  Cid store(Block.Sink sink) throws IOException {
    TreeMap<String, Ipld> map = new TreeMap<>();
    map.put("path", new Ipld.Text(path.toString()));
    map.put("root", new Ipld.Link(root));
    List<Ipld> refs = new ArrayList<>();
    references.forEach(
        (p, cid) ->
            refs.add(new Ipld.Array(List.of(new Ipld.Text(p.toString()), new Ipld.Link(cid)))));
    map.put("references", new Ipld.Array(refs));
    if (!rewrites.isEmpty()) {
      map.put("rewrites", RewriteTable.store(rewrites, sink));
    }
    map.put("narHash", new Ipld.Bytes(narHash.bytes()));
    map.put("narSize", new Ipld.Int(narSize));
    contentAddress.ifPresent(ca -> map.put("ca", new Ipld.Text(ca.toString())));
    Block block = Block.of(Cid.Codec.DAG_CBOR, DagCbor.encode(new Ipld.Map(map)));
    sink.put(block);
    return block.cid();
  }

  /**
   * Reads an object.
   *
   * @throws FormatException if the block is none
   */
  static StoreObject read(Cid cid, Block.Source source) throws IOException {
    String what = "store object " + cid;
    Fields fields = new Fields(what, DagCbor.decode(what, source.get(cid)));
    SortedMap<StorePath, Cid> references = new TreeMap<>();
    for (Ipld entry : fields.array("references")) {
      List<Ipld> pair = Fields.pair(what, entry);
      if (!(pair.get(0) instanceof Ipld.Text name) || !(pair.get(1) instanceof Ipld.Link link)) {
        throw new FormatException(what, "a reference must be a name and a link");
      }
      references.put(StorePath.parse(name.value()), link.value());
    }
    return new StoreObject(
        StorePath.parse(fields.text("path")),
        fields.link("root"),
        references,
        RewriteTable.read(what, fields, source, references.size() + 1),
        new Hash(HashAlgorithm.SHA256, fields.bytes("narHash")),
        fields.number("narSize"),
        fields.optionalText("ca").map(ContentAddress::parse));
  }
}
