package org.buildchain.daemon.chain.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.junit.jupiter.api.Test;

/** Evidence as a block. */
class EvidenceBlockTest {
  private static final Cid ONE = cid(Cid.Codec.DAG_CBOR, "one");
  private static final Cid TWO = cid(Cid.Codec.DAG_CBOR, "two");

  private static Cid cid(Cid.Codec codec, String text) {
    return Cid.of(codec, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsWhatItWrites() {
    EvidenceBlock evidence =
        new EvidenceBlock(
            ONE,
            TWO,
            new TreeMap<>(Map.of("out", cid(Cid.Codec.RAW, "differences"))),
            new TreeMap<>(Map.of("doc", "nobody has it")));
    assertEquals(evidence, EvidenceBlock.read(evidence.block().data()));
    assertEquals(Cid.Codec.DAG_CBOR, evidence.block().cid().codec());
  }

  @Test
  void refusesOtherBlocks() {
    byte[] empty = DagCbor.encode(new Ipld.Map(new TreeMap<>()));
    assertThrows(FormatException.class, () -> EvidenceBlock.read(empty));
    assertThrows(FormatException.class, () -> EvidenceBlock.read(new byte[] {0x01}));
    TreeMap<String, Ipld> map = new TreeMap<>();
    map.put("version", new Ipld.Int(1));
    map.put("published", new Ipld.Link(ONE));
    map.put("reported", new Ipld.Link(cid(Cid.Codec.RAW, "no outputs")));
    map.put("differences", new Ipld.Map(new TreeMap<>()));
    map.put("problems", new Ipld.Map(new TreeMap<>()));
    Block block = Block.of(Cid.Codec.DAG_CBOR, DagCbor.encode(new Ipld.Map(map)));
    FormatException e = assertThrows(FormatException.class, () -> EvidenceBlock.read(block.data()));
    assertEquals(true, e.getMessage().contains("codec DAG_CBOR"), e.getMessage());
  }
}
