package org.buildchain.chain.claim;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.rpc.NodeException;

/**
 * What the block that decides a claim's next draw has decided, before any transaction carries it
 * out: everybody can know from that block on.
 *
 * @param phase that the claim is in once the draw is carried out
 * @param slot where who is drawn stands, if somebody is
 */
public record Preview(Phase phase, Optional<Long> slot) {
  /**
   * Looks ahead by a call that changes nothing.
   *
   * @param head in which a draw is due
   * @param proof of the block that decides
   * @return empty if the contracts refuse: somebody was faster
   */
  static Optional<Preview> of(Claims claims, Word claim, Head head, byte[] proof) {
    List<Call> calls =
        List.of(
            ClaimsAbi.advance(claim, proof),
            ClaimsAbi.headOf(claim),
            ClaimsAbi.reportOf(claim, BigInteger.valueOf(head.reports())));
    Values results;
    try {
      results = claims.call(ClaimsAbi.multicall(calls.stream().map(Call::data).toList())).part(0);
    } catch (NodeException e) {
      if (e.isRefusal()) {
        return Optional.empty();
      }
      throw e;
    }
    Head next = Head.of(calls.get(1).decode((byte[]) results.all().get(1)).part(0));
    Phase phase = Claims.phase(next);
    long slot = calls.get(2).decode((byte[]) results.all().get(2)).small(0);
    return Optional.of(
        new Preview(phase, phase == Phase.BUILDING ? Optional.of(slot) : Optional.empty()));
  }
}
