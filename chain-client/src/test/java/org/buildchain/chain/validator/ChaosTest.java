package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 200 lives of claims in which parties lie, stay away, restart with nothing but their keys, and the
 * chain reorganises. After each the claim has ended, every token is accounted for, and whoever was
 * honest and there has lost nothing.
 */
@Tag("slow")
class ChaosTest {
  private static final int LIVES = Integer.getInteger("chaos.lives", 200);
  private static final long SEED = Long.getLong("chaos.seed", 20261121L);
  private static final int VALIDATORS = 6;
  private static final int LIVES_OF_A_CHAIN = 10;
  private static final int STEPS = 800;

  @TempDir private Path folder;

  /** What a party does in one life. */
  private enum Role {
    HONEST,
    LIAR,
    ABSENT,
    FORGETFUL
  }

  private final Random random = new Random(SEED);
  private final List<Key> keys = new ArrayList<>();
  private final Set<Address> dishonest = new HashSet<>();
  private int folders;

  @Test
  void everyTokenIsAccountedFor() throws Exception {
    for (int life = 0; life < LIVES; life += LIVES_OF_A_CHAIN) {
      try (TestChain chain = new TestChain(Constants.local(1L << 31))) {
        keys.clear();
        dishonest.clear();
        Key publisher = chain.funded(40_000);
        for (int i = 0; i < VALIDATORS; i++) {
          Key key = chain.funded(20_000);
          new Stakes(chain.claims, Sender.of(chain.node, key)).stake(Constants.bct(20_000));
          keys.add(key);
        }
        for (int i = life; i < Math.min(LIVES, life + LIVES_OF_A_CHAIN); i++) {
          live(chain, publisher, i);
        }
      }
    }
  }

  private void live(TestChain chain, Key publisher, int life) throws Exception {
    String what = "life " + life + " of seed " + SEED;
    Word derivation = TestChain.word("derivation " + life);
    Word output = TestChain.word("output " + life);
    boolean honestPublisher = random.nextInt(3) > 0;
    List<Role> roles = new ArrayList<>();
    for (Key key : keys) {
      Role role = Role.values()[Math.max(0, random.nextInt(8) - 4)];
      roles.add(role);
      if (role == Role.LIAR || role == Role.ABSENT) {
        dishonest.add(key.address());
      }
    }
    Publisher party = new Publisher(chain.claims, publisher);
    Publisher.Claim claim =
        party.find(derivation, honestPublisher ? output : TestChain.word("lie " + life));
    party.publish(claim, 0);
    List<Validator> validators = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      validators.add(validator(chain, i, roles.get(i), output));
    }
    Mover mover = new Mover(chain.claims, Sender.of(chain.node, publisher));
    Optional<String> snapshot = Optional.empty();
    boolean ended = false;
    for (int step = 0; step < STEPS && !ended; step++) {
      if (snapshot.isEmpty() && random.nextInt(12) == 0) {
        snapshot = Optional.of(chain.node.ask("evm_snapshot").asString());
      } else if (snapshot.isPresent() && random.nextInt(4) == 0) {
        chain.node.ask("evm_revert", snapshot.get());
        snapshot = Optional.empty();
      }
      if (random.nextInt(5) > 0) {
        party.step(claim);
        // For a tip anyone closes disputes whose jurors are all away.
        for (Word dispute : disputes(chain)) {
          mover.closeOrSeat(dispute, chain.node.latest());
        }
      }
      for (int i = 0; i < keys.size(); i++) {
        if (roles.get(i) == Role.FORGETFUL && random.nextInt(3) == 0) {
          validators.set(i, validator(chain, i, Role.FORGETFUL, output));
        }
        if (roles.get(i) != Role.ABSENT && random.nextInt(4) > 0) {
          validators.get(i).step();
        }
      }
      chain.pass(waitsForNobody(chain, claim.id(), roles) ? 601 : 1 + random.nextInt(4));
      ended =
          snapshot.isEmpty()
              && Claims.phase(chain.claims.head(claim.id())).isEnd()
              && accounted(chain, publisher, what);
    }
    assertTrue(ended, what + " does not end: " + chain.claims.head(claim.id()) + roles);
    Optional<Word> valid = chain.claims.verified(derivation).map(Claims.Entry::output);
    assertTrue(valid.isEmpty() || valid.get().equals(claim.output()), what);
    for (Key key : keys) {
      if (!dishonest.contains(key.address())) {
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, key));
        assertEquals(Constants.bct(20_000), stakes.stake().amount(), what + " " + key);
      }
    }
  }

  /** Whether the one that was drawn is away: nothing comes before its deadline. */
  private boolean waitsForNobody(TestChain chain, Word claim, List<Role> roles) {
    Head head = chain.claims.head(claim);
    if (Claims.phase(head) != Phase.BUILDING) {
      return false;
    }
    long slot = chain.claims.report(claim, head.reports() - 1).slot();
    Address drawn = chain.claims.validatorAt(slot);
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).address().equals(drawn)) {
        return roles.get(i) == Role.ABSENT;
      }
    }
    return false;
  }

  private Validator validator(TestChain chain, int i, Role role, Word output) {
    Word answer = role == Role.LIAR ? TestChain.word("lie of " + i) : output;
    return new Validator(
        chain.claims,
        keys.get(i),
        (derivation, seconds) -> new Rebuilder.Rebuilt(answer, 3),
        new Validator.Options(folder.resolve("state" + folders++), 0, 8),
        Runnable::run,
        text -> {});
  }

  /**
   * Whether no dispute holds anything any more; then what the contracts hold must be what they owe.
   */
  private boolean accounted(TestChain chain, Key publisher, String what) {
    BigInteger stakes = BigInteger.ZERO;
    for (Key key : keys) {
      Stakes.Stake stake = new Stakes(chain.claims, Sender.of(chain.node, key)).stake();
      if (stake.locked().signum() > 0) {
        return false;
      }
      stakes = stakes.add(stake.amount());
    }
    assertEquals(stakes, chain.balance(chain.network.registry()), what + ": stakes");
    List<Address> everybody = new ArrayList<>(keys.stream().map(Key::address).toList());
    everybody.add(publisher.address());
    everybody.add(chain.network.jury());
    everybody.add(LocalChain.rich());
    BigInteger claims = number(chain, chain.network.claims(), ClaimsAbi.unburned());
    BigInteger jury = number(chain, chain.network.jury(), JuryAbi.unburned());
    for (Address one : everybody) {
      claims = claims.add(number(chain, chain.network.claims(), ClaimsAbi.accountOf(one)));
      jury = jury.add(number(chain, chain.network.jury(), JuryAbi.accountOf(one)));
    }
    // A jury without jurors is paid all the same, and holds that until somebody closes the dispute.
    for (Word dispute : disputes(chain)) {
      jury = jury.add(number(chain, chain.network.jury(), JuryAbi.unpaid(dispute)));
    }
    assertEquals(claims, chain.balance(chain.network.claims()), what + ": claims");
    assertEquals(jury, chain.balance(chain.network.jury()), what + ": jury");
    BigInteger supply =
        stakes
            .add(claims)
            .add(jury)
            .add(chain.balance(LocalChain.rich()))
            .add(chain.balance(publisher.address()));
    for (Key key : keys) {
      supply = supply.add(chain.balance(key.address()));
    }
    assertEquals(number(chain, chain.network.token(), TokenAbi.totalSupply()), supply, what);
    return true;
  }

  private static List<Word> disputes(TestChain chain) {
    return chain
        .node
        .logs(
            chain.network.jury(),
            0,
            chain.node.blockNumber(),
            List.of(Optional.of(JuryAbi.DISPUTE_OPENED.topic())))
        .stream()
        .map(l -> l.values(JuryAbi.DISPUTE_OPENED).word(0))
        .toList();
  }

  private static BigInteger number(TestChain chain, Address contract, Call call) {
    return chain.node.call(contract, call).number(0);
  }
}
