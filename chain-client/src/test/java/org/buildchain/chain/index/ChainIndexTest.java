package org.buildchain.chain.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Abi;
import org.buildchain.chain.abi.AbiType;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Report;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;
import org.junit.jupiter.api.Test;

/** What the index makes of logs, and of reorganisations. */
class ChainIndexTest {
  private static final Word CLAIM = Keccak.hash("claim");
  private static final Word DERIVATION = Keccak.hash("derivation");
  private static final Word OUTPUT = Keccak.hash("output");
  private static final Word OTHER = Keccak.hash("another output");
  private static final Address PUBLISHER = Address.of(Keccak.hash("publisher"));
  private static final Address VALIDATOR = Address.of(Keccak.hash("validator"));

  private final FakeChain chain = new FakeChain();
  private final ChainIndex index = new ChainIndex(chain);

  /** Blocks with logs, the last of which can be taken back. */
  private static final class FakeChain implements LogSource {
    private final List<List<Log>> blocks = new ArrayList<>();
    private final List<Word> hashes = new ArrayList<>();
    private int made;
    private int read;

    void block(Log... logs) {
      int number = blocks.size();
      List<Log> all = new ArrayList<>();
      for (Log l : logs) {
        all.add(new Log(l.contract(), l.topics(), l.data(), number, all.size(), l.transaction()));
      }
      blocks.add(all);
      hashes.add(Keccak.hash("block " + made++));
    }

    void takeBack(int n) {
      for (int i = 0; i < n; i++) {
        blocks.removeLast();
        hashes.removeLast();
      }
    }

    @Override
    public BlockHeader latest() {
      return block(blocks.size() - 1L).orElseThrow();
    }

    @Override
    public Optional<BlockHeader> block(long number) {
      return number >= blocks.size()
          ? Optional.empty()
          : Optional.of(
              new BlockHeader(
                  number,
                  1000 + number,
                  hashes.get((int) number),
                  Word.ZERO,
                  Word.ZERO,
                  new byte[0]));
    }

    @Override
    public long first() {
      return 0;
    }

    @Override
    public List<Log> logs(long from, long to) {
      List<Log> all = new ArrayList<>();
      for (long i = from; i <= to; i++) {
        all.addAll(blocks.get((int) i));
        read++;
      }
      return all;
    }
  }

  private static Log log(Event event, Object... values) {
    List<Word> topics = new ArrayList<>(List.of(event.topic()));
    List<AbiType> types = new ArrayList<>();
    List<Object> plain = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (event.indexed().get(i)) {
        topics.add(values[i] instanceof Address a ? a.word() : (Word) values[i]);
      } else {
        types.add(event.types().parts().get(i));
        plain.add(values[i]);
      }
    }
    return new Log(
        Address.ZERO, topics, Abi.encode(new AbiType.Tuple(types), plain), 0, 0, Word.ZERO);
  }

  private static BigInteger n(long n) {
    return BigInteger.valueOf(n);
  }

  private static Log published() {
    return log(ClaimsAbi.CLAIM_PUBLISHED, CLAIM, DERIVATION, PUBLISHER, Word.ZERO, n(0));
  }

  private static Log drawn(long number) {
    return log(ClaimsAbi.DRAWN, CLAIM, n(number), VALIDATOR, n(2000));
  }

  private ClaimLife claim() {
    return index.snapshot().claim(CLAIM).orElseThrow();
  }

  @Test
  void claimIsFollowedFromBlockToBlock() {
    chain.block(published());
    index.update();
    assertEquals(Phase.DRAWING, claim().phase());
    assertEquals(PUBLISHER, claim().publisher());
    assertEquals(DERIVATION, claim().derivation());
    chain.block(drawn(0));
    index.update();
    assertEquals(Phase.BUILDING, claim().phase());
    assertEquals(2000, claim().deadline());
    chain.block(log(ClaimsAbi.COMMITTED, CLAIM, n(0), OTHER));
    chain.block(log(ClaimsAbi.REVEALS_DUE, CLAIM, n(2100)));
    chain.block(log(ClaimsAbi.REVEALED, CLAIM, n(0), OUTPUT, n(12)));
    chain.block(
        log(ClaimsAbi.OUTPUT_SHOWN, CLAIM, OUTPUT),
        log(ClaimsAbi.TIMED, CLAIM, n(11), n(12)),
        log(ClaimsAbi.ENDED, CLAIM, n(Phase.VALID.ordinal())));
    index.update();
    assertEquals(Phase.VALID, claim().phase());
    assertEquals(1, claim().agreeing());
    assertEquals(Optional.of(11L), claim().credited());
    assertEquals(
        List.of(
            new ClaimLife.Served(
                0, VALIDATOR, 0, Report.Status.REVEALED, Optional.of(OUTPUT), Optional.of(12L))),
        claim().reports());
    assertEquals(5, index.snapshot().block());
    assertEquals(1005, index.snapshot().time());
    assertEquals(6, chain.read, "each block is read once");
  }

  @Test
  void nothingNewChangesNothing() {
    chain.block(published());
    index.update();
    ChainIndex.Snapshot before = index.snapshot();
    index.update();
    assertSame(before, index.snapshot());
    chain.block();
    index.update();
    assertEquals(before.version(), index.snapshot().version());
    assertSame(before.claims(), index.snapshot().claims());
  }

  @Test
  void reorganisationTakesBackWhatItTookBack() {
    chain.block(published());
    index.update();
    chain.block(drawn(0));
    index.update();
    chain.block(log(ClaimsAbi.MISSED, CLAIM, n(0)));
    index.update();
    assertEquals(Report.Status.MISSED, claim().reports().getFirst().status());

    chain.takeBack(2);
    Address another = Address.of(Keccak.hash("another validator"));
    chain.block(log(ClaimsAbi.DRAWN, CLAIM, n(0), another, n(3000)));
    index.update();
    assertEquals(1, claim().reports().size());
    assertEquals(another, claim().reports().getFirst().validator());
    assertEquals(Report.Status.DRAWN, claim().reports().getFirst().status());
    assertEquals(1, index.snapshot().block());

    // Back beyond the claim's beginning, by a chain that is longer at once.
    chain.takeBack(2);
    for (int i = 0; i < 5; i++) {
      chain.block();
    }
    index.update();
    assertEquals(List.of(), index.snapshot().claims());
    assertTrue(index.snapshot().claim(CLAIM).isEmpty());
    chain.block(published());
    index.update();
    assertEquals(1, index.snapshot().claims().size());
    assertEquals(5, claim().firstBlock());
  }

  @Test
  void disputeHasJuryMarketAndEvidence() {
    chain.block(published(), drawn(0));
    chain.block(log(ClaimsAbi.REVEALED, CLAIM, n(0), OTHER, n(12)));
    chain.block(
        log(ClaimsAbi.OUTPUT_SHOWN, CLAIM, OUTPUT),
        log(ClaimsAbi.DISPUTED, CLAIM, n(0), OUTPUT, OTHER, n(4000)));
    index.update();
    assertEquals(Phase.DISPUTED, claim().phase());
    assertEquals(0, claim().agreeing());
    assertEquals(
        List.of(new ClaimLife.Disputed(0, OUTPUT, OTHER, 2, 4000, Optional.empty())),
        claim().disputes());
    chain.block(log(ClaimsAbi.SETTLED, CLAIM, n(0), n(Verdict.PUBLISHER.ordinal())));
    index.update();
    assertEquals(Optional.of(Verdict.PUBLISHER), claim().disputes().getFirst().verdict());

    BigInteger ten = BigInteger.TEN.pow(19);
    Word dispute = Keccak.hash("dispute");
    DisputeLife life =
        DisputeLife.of(
            dispute,
            List.of(
                log(JuryAbi.SEATED, dispute, n(0), VALIDATOR, ten, n(1), n(2)),
                log(PredictionMarketAbi.MARKET_OPENED, dispute, VALIDATOR, ten, OTHER),
                log(PredictionMarketAbi.TRADED, dispute, PUBLISHER, n(1), ten, ten),
                log(PredictionMarketAbi.EVIDENCE_ADDED, dispute, PUBLISHER, OUTPUT),
                log(JuryAbi.VOTED, dispute, n(0)),
                log(JuryAbi.VOTE_REVEALED, dispute, n(0), n(1)),
                log(JuryAbi.DECIDED, dispute, n(1))));
    assertEquals(Optional.of(Verdict.PUBLISHER), life.verdict());
    assertEquals(Optional.of(Verdict.PUBLISHER), life.seats().getFirst().vote());
    assertEquals(
        Arrays.asList(OTHER, OUTPUT), life.evidence().stream().map(e -> e.digest()).toList());
    // e / (e + 2) and 1 / (e + 2): one b's worth of shares was bought.
    List<Double> prices = life.market().orElseThrow().prices();
    assertEquals(0.21194155761708544, prices.get(0), 1e-12);
    assertEquals(0.5761168847658291, prices.get(1), 1e-12);
    assertEquals(0.21194155761708544, prices.get(2), 1e-12);
  }

  @Test
  void failureLeavesWhatWasKnown() {
    chain.block(published());
    index.update();
    ChainIndex failing =
        new ChainIndex(
            new LogSource() {
              @Override
              public BlockHeader latest() {
                return chain.latest();
              }

              @Override
              public Optional<BlockHeader> block(long number) {
                return chain.block(number);
              }

              @Override
              public long first() {
                return 0;
              }

              @Override
              public List<Log> logs(long from, long to) {
                if (from > 0) {
                  throw new IllegalStateException("away");
                }
                return chain.logs(from, to);
              }
            });
    failing.update();
    chain.block(drawn(0));
    assertThrows(IllegalStateException.class, failing::update);
    assertEquals(Phase.DRAWING, failing.snapshot().claim(CLAIM).orElseThrow().phase());
  }
}
