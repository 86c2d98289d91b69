package org.buildchain.chain.validator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;

/**
 * Finds what an account was drawn for in the chain's events, block by block. When the chain turns
 * out to have been reorganised, everything that may have changed is found once more.
 */
final class Draws {
  /** How far back draws are looked for again: deeper reorganisations don't happen. */
  static final long REORGANISED = 300;

  private final Claims claims;
  private final Network network;
  private final Word self;
  private final Map<Word, Word> derivations = new HashMap<>();
  private Optional<BlockHeader> last = Optional.empty();

  Draws(Claims claims, Word self) {
    this.claims = claims;
    this.network = claims.network();
    this.self = self;
  }

  /**
   * What was found.
   *
   * @param requests draws that some block decides: whom, is known from that block on
   * @param reorganised whether the chain isn't the one of the last look any more
   */
  record Found(List<Duty> duties, List<Request> requests, boolean reorganised) {}

  /**
   * A draw that was asked for.
   *
   * @param duty of whoever is drawn; its number isn't known yet
   */
  record Request(Duty duty, long decidedBy) {}

  /**
   * Looks at the blocks since the last look.
   *
   * @param begin where the first look begins
   */
  Found look(BlockHeader now, long begin) {
    boolean reorganised = last.isPresent() && !isAncestor(last.get(), now);
    long from =
        last.isPresent() && !reorganised
            ? last.get().number() + 1
            : Math.min(last.map(BlockHeader::number).orElse(begin), now.number()) - REORGANISED;
    from = Math.max(network.fromBlock(), from);
    List<Duty> duties = new ArrayList<>();
    for (Log log : logs(network.claims(), ClaimsAbi.DRAWN, from, now)) {
      Values v = log.values(ClaimsAbi.DRAWN);
      add(duties, v.word(0), v.small(1), Optional.empty(), log);
    }
    for (Log log : logs(network.jury(), JuryAbi.SEATED, from, now)) {
      Values v = log.values(JuryAbi.SEATED);
      disputed(v.word(0), now)
          .ifPresent(d -> add(duties, d.word(1), d.small(2), Optional.of(v.small(1)), log));
    }
    List<Request> requests = new ArrayList<>();
    for (Log log :
        claims
            .node()
            .logs(
                network.claims(),
                from,
                now.number(),
                List.of(Optional.of(ClaimsAbi.DRAW_REQUESTED.topic())))) {
      Values v = log.values(ClaimsAbi.DRAW_REQUESTED);
      if (v.small(1) + REORGANISED > now.number()) {
        derivation(v.word(0))
            .map(d -> new Duty(v.word(0), 0, Optional.empty(), d, log.block()))
            .ifPresent(d -> requests.add(new Request(d, v.small(1))));
      }
    }
    last = Optional.of(now);
    return new Found(duties, requests, reorganised);
  }

  private boolean isAncestor(BlockHeader before, BlockHeader now) {
    return before.number() <= now.number()
        && claims
            .node()
            .block(before.number())
            .filter(b -> b.hash().equals(before.hash()))
            .isPresent();
  }

  /** Both events have what they are about first, and who is drawn second. */
  private List<Log> logs(Address contract, Event event, long from, BlockHeader now) {
    return claims
        .node()
        .logs(
            contract,
            from,
            now.number(),
            List.of(Optional.of(event.topic()), Optional.empty(), Optional.of(self)));
  }

  private Optional<Values> disputed(Word dispute, BlockHeader now) {
    return claims
        .node()
        .logs(
            network.jury(),
            network.fromBlock(),
            now.number(),
            List.of(Optional.of(JuryAbi.DISPUTE_OPENED.topic()), Optional.of(dispute)))
        .stream()
        .map(l -> l.values(JuryAbi.DISPUTE_OPENED))
        .findFirst();
  }

  private void add(List<Duty> duties, Word claim, long number, Optional<Long> seat, Log log) {
    derivation(claim).ifPresent(d -> duties.add(new Duty(claim, number, seat, d, log.block())));
  }

  private Optional<Word> derivation(Word claim) {
    Optional<Word> known = Optional.ofNullable(derivations.get(claim));
    if (known.isEmpty()) {
      known = claims.published(claim).map(Claims.Published::derivation);
      known.ifPresent(d -> derivations.put(claim, d));
    }
    return known;
  }
}
