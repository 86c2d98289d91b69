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
import org.buildchain.chain.contracts.Rules;
import org.buildchain.chain.contracts.Terms;
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

  /** Steps of the test after which whoever is there has looked at the chain for certain. */
  private static final int ATTENTION = 3;

  /**
   * Seconds for each thing that is due: more than pass in {@link #ATTENTION} steps, in each of
   * which time passes and everybody may send something, at least a second apart.
   */
  private static final int WINDOW = 180;

  private static final int LONGEST_STEP = 20;
  private static final int SEATED = 2;
  private static final int DECIDED = 3;

  @TempDir private Path folder;

  /** What a party does in one life. */
  private enum Role {
    HONEST,
    LIAR,
    ABSENT,
    /** Begins anew now and then, with its notes. */
    RESTARTED,
    /** Begins anew with nothing but its key. */
    FORGETFUL
  }

  private final Random random = new Random(SEED);
  private final List<Key> keys = new ArrayList<>();
  private final Set<Address> dishonest = new HashSet<>();
  private int folders;

  @Test
  void everyTokenIsAccountedFor() throws Exception {
    for (int life = 0; life < LIVES; life += LIVES_OF_A_CHAIN) {
      try (TestChain chain = new TestChain(constants())) {
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

  private static Constants constants() {
    Constants local = Constants.local(1L << 31);
    Rules r = local.rules();
    Terms t = local.terms();
    return new Constants(
        new Rules(
            r.validatorSlash(),
            r.tip(),
            WINDOW,
            WINDOW,
            r.continueBelow(),
            r.delay(),
            r.maxSteps(),
            r.maxRounds(),
            r.publisherStake(),
            r.fee(),
            r.disputeTime(),
            r.maxClass(),
            r.missSlash(),
            r.defaultTip(),
            r.jurorPot()),
        new Terms(
            t.lock(),
            t.tip(),
            t.seats(),
            t.minSeats(),
            t.tries(),
            t.maxRequests(),
            t.delay(),
            t.reviewTime(),
            WINDOW,
            WINDOW),
        local.registry(),
        local.period(),
        local.periodMint(),
        local.firstDistribution(),
        local.timeLock());
  }

  private void live(TestChain chain, Key publisher, int life) throws Exception {
    String what = "life " + life + " of seed " + SEED;
    Word derivation = TestChain.word("derivation " + life);
    Word output = TestChain.word("output " + life);
    boolean honestPublisher = random.nextInt(3) > 0;
    boolean deterministic = random.nextInt(6) > 0;
    List<Role> roles = new ArrayList<>();
    for (Key key : keys) {
      Role role = Role.values()[Math.max(0, random.nextInt(9) - 4)];
      if (role == Role.FORGETFUL && !deterministic) {
        // What was committed to can't be built again.
        role = Role.RESTARTED;
      }
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
    List<Word> answers = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Word built = deterministic ? output : TestChain.word("output " + life + " of " + i);
      answers.add(roles.get(i) == Role.LIAR ? TestChain.word("lie of " + i) : built);
      validators.add(validator(chain, i, notes(life, i), answers.get(i)));
    }
    int[] looked = new int[keys.size() + 1];
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
      if (looks(looked, keys.size(), step)) {
        party.step(claim);
        // For a tip anyone closes disputes whose jurors are all away.
        for (Word dispute : disputes(chain)) {
          mover.closeOrSeat(dispute, chain.node.latest());
        }
      }
      for (int i = 0; i < keys.size(); i++) {
        Role role = roles.get(i);
        if ((role == Role.FORGETFUL || role == Role.RESTARTED) && random.nextInt(3) == 0) {
          String notes = role == Role.FORGETFUL ? "state" + folders++ : notes(life, i);
          validators.set(i, validator(chain, i, notes, answers.get(i)));
        }
        if (role != Role.ABSENT && looks(looked, i, step)) {
          validators.get(i).step();
        }
      }
      chain.pass(
          waitsForNobody(chain, claim.id(), roles) ? WINDOW + 1 : 1 + random.nextInt(LONGEST_STEP));
      ended =
          snapshot.isEmpty()
              && Claims.phase(chain.claims.head(claim.id())).isEnd()
              && accounted(chain, publisher, what);
    }
    assertTrue(ended, what + " does not end: " + chain.claims.head(claim.id()) + roles);
    Optional<Word> valid = chain.claims.verified(derivation).map(Claims.Entry::output);
    assertTrue(valid.isEmpty() || valid.get().equals(claim.output()), what);
    if (honestPublisher) {
      Phase end = Claims.phase(chain.claims.head(claim.id()));
      assertTrue(end != Phase.REFUTED, () -> what + chain.history(claim));
    }
    for (int i = 0; i < keys.size(); i++) {
      if (!dishonest.contains(keys.get(i).address())) {
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, keys.get(i)));
        String who = what + ", " + i + " of " + keys + ", " + roles;
        assertEquals(
            Constants.bct(20_000), stakes.stake().amount(), () -> who + chain.history(claim));
      }
    }
  }

  private static String notes(int life, int i) {
    return "notes " + life + " " + i;
  }

  /** Whether a party looks at the chain in this step: by chance, but never after too long. */
  private boolean looks(int[] looked, int who, int step) {
    if (random.nextInt(4) == 0 && step - looked[who] < ATTENTION) {
      return false;
    }
    looked[who] = step;
    return true;
  }

  /** Whether the one that was drawn is away: nothing comes before its deadline. */
  private boolean waitsForNobody(TestChain chain, Word claim, List<Role> roles) {
    Head head = chain.claims.head(claim);
    if (Claims.phase(head) != Phase.BUILDING
        || disputes(chain).stream().anyMatch(d -> isOpen(chain, d))) {
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

  /** Whether jurors may still have something to do. */
  private static boolean isOpen(TestChain chain, Word dispute) {
    long stage = chain.node.call(chain.network.jury(), JuryAbi.disputeOf(dispute)).small(0);
    return stage == SEATED || stage == DECIDED;
  }

  private Validator validator(TestChain chain, int i, String notes, Word answer) {
    return new Validator(
        chain.claims,
        keys.get(i),
        (derivation, seconds) -> new Rebuilder.Rebuilt(answer, 3),
        new Validator.Options(folder.resolve(notes), 0, 8),
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
