package org.buildchain.store.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.buildchain.store.ipld.UnixFsNode;
import org.buildchain.store.ipld.UnixFsReader;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/**
 * A store object as its dag-cbor block says it. Because references are links, its CID names a whole
 * closure.
 *
 * @param root the tree, with the object's own hash part zeroed wherever it stood in a file or in a
 *     link's target
 * @param references what it refers to besides itself
 * @param selfReferences by the path within the tree (an octet string, empty for the root), where
 *     its own hash part stood
 */
record StoreObject(
    StorePath path,
    Cid root,
    SortedMap<StorePath, Cid> references,
    SortedMap<String, Rewrites> selfReferences,
    Hash narHash,
    long narSize,
    Optional<ContentAddress> contentAddress) {
  /** A longer table of self-references goes into blocks of its own. */
  private static final int MAX_INLINE = 256 << 10;

  private static final int MAX_TABLE = 1 << 30;

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
    if (!selfReferences.isEmpty()) {
      map.put("self", table(sink));
    }
    map.put("narHash", new Ipld.Bytes(narHash.bytes()));
    map.put("narSize", new Ipld.Int(narSize));
    contentAddress.ifPresent(ca -> map.put("ca", new Ipld.Text(ca.toString())));
    Block block = Block.of(Cid.Codec.DAG_CBOR, DagCbor.encode(new Ipld.Map(map)));
    sink.put(block);
    return block.cid();
  }

  private Ipld table(Block.Sink sink) throws IOException {
    List<Ipld> files = new ArrayList<>();
    for (Map.Entry<String, Rewrites> file : selfReferences.entrySet()) {
      List<Ipld> offsets = new ArrayList<>();
      for (long offset : file.getValue().offsets()) {
        offsets.add(new Ipld.Int(offset));
      }
      files.add(
          new Ipld.Array(
              List.of(new Ipld.Bytes(Octets.bytes(file.getKey())), new Ipld.Array(offsets))));
    }
    Ipld table = new Ipld.Array(files);
    byte[] bytes = DagCbor.encode(table);
    if (bytes.length <= MAX_INLINE) {
      return table;
    }
    UnixFsWriter.FileWriter writer = new UnixFsWriter(sink).file(false);
    for (int at = 0; at < bytes.length; at += UnixFsWriter.CHUNK) {
      writer.chunk(
          java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + UnixFsWriter.CHUNK)));
    }
    return new Ipld.Link(writer.finish().cid());
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
        selfReferences(what, fields, source),
        new Hash(HashAlgorithm.SHA256, fields.bytes("narHash")),
        fields.number("narSize"),
        fields.optionalText("ca").map(ContentAddress::parse));
  }

  private static SortedMap<String, Rewrites> selfReferences(
      String what, Fields fields, Block.Source source) throws IOException {
    Optional<Ipld> found = fields.optional("self");
    if (found.isEmpty()) {
      return new TreeMap<>();
    }
    Ipld table = found.get();
    if (table instanceof Ipld.Link link) {
      if (!(new UnixFsReader(source).open(link.value()) instanceof UnixFsNode.File file)
          || file.size() > MAX_TABLE) {
        throw new FormatException(what, "the table of self-references is no file, or too long");
      }
      byte[] bytes = new byte[(int) file.size()];
      file.read(0, bytes, 0, bytes.length);
      table = DagCbor.decode(what, bytes);
    }
    SortedMap<String, Rewrites> out = new TreeMap<>();
    for (Ipld entry : Fields.array(what, table)) {
      List<Ipld> pair = Fields.pair(what, entry);
      if (!(pair.get(0) instanceof Ipld.Bytes name)) {
        throw new FormatException(what, "a table of self-references must begin with a path");
      }
      long[] offsets =
          Fields.array(what, pair.get(1)).stream()
              .mapToLong(i -> i instanceof Ipld.Int n ? n.value() : -1)
              .toArray();
      try {
        out.put(Octets.of(name.value()), Rewrites.of(offsets));
      } catch (IllegalArgumentException e) {
        throw new FormatException(what, "self-references: " + e.getMessage());
      }
    }
    return out;
  }
}
