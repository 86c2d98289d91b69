package org.buildchain.daemon.chain.validator;

import java.io.IOException;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Market;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.daemon.chain.network.Refusals;
import org.buildchain.daemon.chain.output.Evidence;
import org.buildchain.store.ipld.Cid;

/**
 * Gives evidence in disputes about a validator's own reports: compares what it rebuilt with what
 * was claimed, and attaches that to the dispute, with a market if it can still open one. Also where
 * the dispute is over by then, as it is at once where no jury can be seated. What it sends follows
 * from what the chain says now, so that it goes on after a restart. One thread calls {@link #step},
 * the one that sends the validator's other transactions.
 */
final class EvidenceGiver {
  /** How far back disputes are looked for after a start; longer ones are over. */
  private static final long BEFORE = 3000;

  /** Deeper reorganisations don't happen. */
  private static final long REORGANISED = 300;

  /** Blocks after which what had no effect is sent again. */
  private static final long PATIENCE = 6;

  private final Claims claims;
  private final Sender sender;
  private final Evidence evidence;
  private final BigInteger liquidity;
  private final Executor executor;
  private final Consumer<String> notes;
  private final Map<Word, Own> own = new LinkedHashMap<>();
  private final Map<Word, Cid> made = new ConcurrentHashMap<>();
  private final Set<Word> over = new HashSet<>();

  /** Where no market can be opened (any more). */
  private final Set<Word> marketless = new HashSet<>();

  private final Map<Word, Long> sent = new LinkedHashMap<>();
  private long cursor = -1;

  /** A dispute about a report of this validator. */
  private record Own(Word claim, long report, Word published, Word reported) {}

  /**
   * What gives evidence.
   *
   * @param liquidity of markets that it opens, in 10^-18 BCT; 0: it opens none
   */
  EvidenceGiver(
      Claims claims,
      Sender sender,
      Evidence evidence,
      BigInteger liquidity,
      Executor executor,
      Consumer<String> notes) {
    this.claims = claims;
    this.sender = sender;
    this.evidence = evidence;
    this.liquidity = liquidity;
    this.executor = executor;
    this.notes = notes;
  }

  /**
   * Does what can be done now.
   *
   * @throws NodeException if the node can't be reached
   */
  void step() {
    Optional<Address> market = claims.network().market();
    Node node = claims.node();
    long now = node.blockNumber();
    if (market.isEmpty() || now == cursor) {
      return;
    }
    look(node, cursor < 0 ? now - BEFORE : Math.min(cursor, now) - REORGANISED, now);
    cursor = now;
    for (Map.Entry<Word, Own> dispute : Map.copyOf(own).entrySet()) {
      Cid cid = made.get(dispute.getKey());
      if (cid != null) {
        attach(market.get(), dispute.getKey(), dispute.getValue(), cid, now);
      }
    }
  }

  private void look(Node node, long from, long to) {
    List<Log> logs =
        node.logs(
            claims.network().claims(),
            Math.max(claims.network().fromBlock(), from),
            to,
            List.of(Optional.of(ClaimsAbi.DISPUTED.topic())));
    for (Log log : logs) {
      Values v = log.values(ClaimsAbi.DISPUTED);
      Word dispute = Commitments.dispute(v.word(0), v.small(1));
      if (own.containsKey(dispute) || over.contains(dispute)) {
        continue;
      }
      long slot = claims.report(v.word(0), v.small(1)).slot();
      if (!claims.validatorAt(slot).equals(sender.account()) || given(node, dispute, to)) {
        over.add(dispute);
        continue;
      }
      Optional<Word> reported = reported(v.word(0), v.small(1));
      if (reported.isEmpty()) {
        continue;
      }
      Own mine = new Own(v.word(0), v.small(1), v.word(2), reported.get());
      own.put(dispute, mine);
      notes.accept("claim " + brief(mine.claim()) + " is disputed: comparing the outputs");
      executor.execute(() -> make(dispute, mine));
    }
  }

  /** What this validator revealed: the dispute itself has only how it begins. */
  private Optional<Word> reported(Word claim, long report) {
    return claims.history(claim).stream()
        .filter(l -> l.is(ClaimsAbi.REVEALED))
        .map(l -> l.values(ClaimsAbi.REVEALED))
        .filter(r -> r.small(1) == report)
        .map(r -> r.word(2))
        .reduce((first, last) -> last);
  }

  private boolean given(Node node, Word dispute, long to) {
    Optional<Word> subject = Optional.of(dispute);
    Optional<Word> self = Optional.of(sender.account().word());
    return claims.network().market().stream()
        .flatMap(
            m ->
                List.of(PredictionMarketAbi.MARKET_OPENED, PredictionMarketAbi.EVIDENCE_ADDED)
                    .stream()
                    .flatMap(
                        e ->
                            node
                                .logs(
                                    m,
                                    claims.network().fromBlock(),
                                    to,
                                    List.of(Optional.of(e.topic()), subject, self))
                                .stream()))
        .findAny()
        .isPresent();
  }

  private void make(Word dispute, Own mine) {
    try {
      made.put(dispute, evidence.make(mine.published(), mine.reported()));
    } catch (IOException e) {
      notes.accept("warning: no evidence for claim " + brief(mine.claim()) + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void attach(Address market, Word dispute, Own mine, Cid cid, long now) {
    Node node = claims.node();
    Word digest = Outputs.digest(cid);
    if (given(node, dispute, now)) {
      notes.accept("gave evidence about claim " + brief(mine.claim()) + ": " + cid);
      end(dispute);
      return;
    }
    Long before = sent.get(dispute);
    if (before != null && now < before + PATIENCE && before <= now) {
      return;
    }
    boolean opens = opens(market, dispute, mine);
    // b · ln 3, and a little for rounding.
    BigInteger price = liquidity.multiply(BigInteger.valueOf(11)).divide(BigInteger.TEN);
    Address token = claims.network().token();
    BigInteger allowed = node.call(token, TokenAbi.allowance(sender.account(), market)).number(0);
    try {
      if (!opens) {
        send(dispute, market, PredictionMarketAbi.addEvidence(dispute, digest), now);
      } else if (allowed.compareTo(price) >= 0) {
        BigInteger report = BigInteger.valueOf(mine.report());
        Call open = PredictionMarketAbi.open(mine.claim(), report, liquidity, digest);
        send(dispute, market, open, now);
      } else {
        sender.send(token, TokenAbi.approve(market, price));
      }
    } catch (NodeException e) {
      if (!e.isRefusal()) {
        throw e;
      }
      if (opens) {
        notes.accept(
            "opened no market for claim " + brief(mine.claim()) + ": " + Refusals.explain(e));
        marketless.add(dispute);
        return;
      }
      notes.accept(
          "warning: evidence about claim "
              + brief(mine.claim())
              + " is kept as "
              + cid
              + ", but not on the chain: "
              + Refusals.explain(e));
      end(dispute);
    }
  }

  /** Whether the evidence comes with a market: if it may, can, and nobody was faster. */
  private boolean opens(Address market, Word dispute, Own mine) {
    if (liquidity.signum() == 0 || marketless.contains(dispute)) {
      return false;
    }
    Market state =
        Market.of(claims.node().call(market, PredictionMarketAbi.marketOf(dispute)).part(0));
    BigInteger report = BigInteger.valueOf(mine.report());
    return state.sponsor().equals(Address.ZERO)
        && claims.call(ClaimsAbi.isDisputed(mine.claim(), report)).flag(0);
  }

  private void send(Word dispute, Address market, Call call, long now) {
    sender.send(market, call);
    sent.put(dispute, now);
  }

  private void end(Word dispute) {
    own.remove(dispute);
    made.remove(dispute);
    sent.remove(dispute);
    marketless.remove(dispute);
    over.add(dispute);
  }

  private static String brief(Word claim) {
    return claim.toString().substring(0, 12);
  }
}
