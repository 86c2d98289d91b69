package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.buildchain.chain.abi.Abi;
import org.buildchain.chain.abi.AbiType;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.VrfAuthorityAbi;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.Vrf;

/**
 * The authority of a chain whose {@code prevrandao} isn't random: proves the randomness of each
 * block that a claim or a dispute waits for, and carries the draw out. It keeps nothing: what is
 * open follows from the chain. Its key must be nobody's that makes blocks.
 */
public final class Authority {
  /** BLOCKHASH reaches that far. */
  private static final long REACH = 256;

  /** The longest delay between a request and the block that decides. */
  private static final long DELAY = 32;

  private final Claims claims;
  private final Address source;
  private final Key key;
  private final Mover mover;
  private final Consumer<String> notes;

  /**
   * An authority.
   *
   * @param key that the contract checks proofs with
   * @param sender pays for the transactions; it may be another account
   */
  public Authority(Claims claims, Key key, Sender sender, Consumer<String> notes) {
    this.claims = claims;
    this.source = claims.call(ClaimsAbi.randomness()).address(0);
    this.key = key;
    this.mover = new Mover(claims, sender);
    this.notes = notes;
  }

  /** Whether the contract takes this key's proofs for the newest block. */
  public boolean isNamed() {
    Values named =
        claims
            .node()
            .call(source, VrfAuthorityAbi.keyAt(BigInteger.valueOf(claims.node().blockNumber())))
            .part(0);
    return named.number(0).equals(key.publicKey().x().number())
        && named.flag(1) == key.publicKey().y().number().testBit(0);
  }

  /** Answers what has become due. */
  public void step() {
    BlockHeader now = claims.node().latest();
    for (Word claim : recent(claims.network().claims(), ClaimsAbi.DRAW_REQUESTED, now)) {
      Head head = claims.head(claim);
      if (Claims.phase(head) == Phase.DRAWING && isDue(head.when(), now)) {
        answer(
            claim + " " + head.steps(),
            claims.network().claims(),
            ClaimsAbi.advance(claim, proof(head.when())),
            now);
      }
    }
    for (Word dispute : recent(claims.network().jury(), JuryAbi.DISPUTE_OPENED, now)) {
      Optional<Long> decidedBy = mover.seatedBy(dispute);
      if (decidedBy.isPresent() && isDue(decidedBy.get(), now)) {
        answer(
            dispute + " seat " + decidedBy.get(),
            claims.network().jury(),
            JuryAbi.seat(dispute, proof(decidedBy.get())),
            now);
      }
    }
  }

  private void answer(String step, Address contract, Call call, BlockHeader now) {
    if (mover.send(step, contract, call, now)) {
      notes.accept("proved " + step.substring(0, 12));
    }
  }

  private static boolean isDue(long decidedBy, BlockHeader now) {
    return decidedBy <= now.number() && now.number() <= decidedBy + REACH;
  }

  /** What the events of the last blocks are about; a dispute's seats may be asked for anew. */
  private Set<Word> recent(Address contract, Event event, BlockHeader now) {
    long from = Math.max(claims.network().fromBlock(), now.number() - 4 * (REACH + DELAY));
    Set<Word> subjects = new HashSet<>();
    for (Log log :
        claims.node().logs(contract, from, now.number(), List.of(Optional.of(event.topic())))) {
      subjects.add(log.topics().get(1));
    }
    return subjects;
  }

  /** The proof of a block's randomness. */
  public byte[] proof(long number) {
    Word hash =
        claims
            .node()
            .block(number)
            .map(BlockHeader::hash)
            .orElseThrow(() -> new IllegalStateException("block " + number + " isn't there"));
    Word alpha =
        Keccak.hash(
            Abi.encode(
                AbiType.parameters("(uint256,address,uint256,bytes32)"),
                List.of(
                    BigInteger.valueOf(claims.network().chainId()),
                    source,
                    BigInteger.valueOf(number),
                    hash)));
    return Vrf.prove(key, alpha).proof();
  }
}
