package org.buildchain.daemon.chain.output;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;

/**
 * What is attached to a market: both outputs and in what they differ. docs/formats.md, "On the
 * chain".
 *
 * @param published what the publisher claims
 * @param reported what the validator rebuilt
 * @param differences by the output's name, the raw block with the differences as JSON
 * @param problems by the output's name, why there are none
 */
record EvidenceBlock(
    Cid published,
    Cid reported,
    SortedMap<String, Cid> differences,
    SortedMap<String, String> problems) {
  private static final long VERSION = 1;
  private static final String WHAT = "evidence";

  Block block() {
    SortedMap<String, Ipld> map = new TreeMap<>();
    map.put("version", new Ipld.Int(VERSION));
    map.put("published", new Ipld.Link(published));
    map.put("reported", new Ipld.Link(reported));
    SortedMap<String, Ipld> links = new TreeMap<>();
    differences.forEach((name, cid) -> links.put(name, new Ipld.Link(cid)));
    map.put("differences", new Ipld.Map(links));
    SortedMap<String, Ipld> texts = new TreeMap<>();
    problems.forEach((name, text) -> texts.put(name, new Ipld.Text(text)));
    map.put("problems", new Ipld.Map(texts));
    return Block.of(Cid.Codec.DAG_CBOR, DagCbor.encode(new Ipld.Map(map)));
  }

  /**
   * Reads such a block.
   *
   * @throws FormatException if it is none
   */
  static EvidenceBlock read(byte[] data) {
    if (!(DagCbor.decode(WHAT, data) instanceof Ipld.Map map)
        || !(map.values().get("version") instanceof Ipld.Int version)
        || version.value() != VERSION) {
      throw new FormatException(WHAT, "expected a map of version " + VERSION);
    }
    SortedMap<String, Cid> differences = new TreeMap<>();
    part(map, "differences")
        .forEach((name, value) -> differences.put(name, link(value, Cid.Codec.RAW)));
    SortedMap<String, String> problems = new TreeMap<>();
    part(map, "problems")
        .forEach(
            (name, value) -> problems.put(name, value instanceof Ipld.Text t ? t.value() : ""));
    return new EvidenceBlock(
        link(map.values().get("published"), Cid.Codec.DAG_CBOR),
        link(map.values().get("reported"), Cid.Codec.DAG_CBOR),
        differences,
        problems);
  }

  private static Map<String, Ipld> part(Ipld.Map map, String name) {
    if (map.values().get(name) instanceof Ipld.Map part) {
      return part.values();
    }
    throw new FormatException(WHAT, "expected a map '" + name + "'");
  }

  private static Cid link(Ipld value, Cid.Codec codec) {
    if (value instanceof Ipld.Link link && link.value().codec() == codec) {
      return link.value();
    }
    throw new FormatException(WHAT, "expected a link to a block of codec " + codec);
  }
}
