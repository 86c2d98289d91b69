package org.buildchain.daemon.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.Market;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.junit.jupiter.api.Test;

/** Evidence as a block, its words on a terminal, and what trades cost. */
class EvidenceBlockTest {
  private static final Cid ONE = cid(Cid.Codec.DAG_CBOR, "one");
  private static final Cid TWO = cid(Cid.Codec.DAG_CBOR, "two");
  private static final BigInteger BCT = BigInteger.TEN.pow(18);

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

  @Test
  void wordsCannotSteerTheTerminal() {
    assertEquals(
        "a\uFFFD[31mred\uFFFD\nb\uFFFD\uFFFDé\uD83D\uDE00",
        DisputeText.printable("a\u001B[31mred\u009B\nb\u202E\u200Bé\uD83D\uDE00"));
  }

  @Test
  void tradesCostWhatTheRuleSays() {
    Market market =
        new Market(
            Address.ZERO,
            false,
            0,
            Word.ZERO,
            BigInteger.ZERO,
            BCT,
            BCT,
            BCT,
            List.of(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO));
    BigInteger two = BCT.multiply(BigInteger.TWO);
    // ln((e^2 + 2) / 3), by bc -l; what the contract took for the same trade: 1.140932477553774812.
    assertEquals(new BigDecimal("1.140932"), MarketPrice.cost(market, Verdict.PUBLISHER, two));
  }
}
