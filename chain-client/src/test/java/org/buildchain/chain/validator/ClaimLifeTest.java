package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole lives of claims on a local chain, with builders that the test plays. */
class ClaimLifeTest {
  private static final long HALF = 1L << 31;
  private static final Word DERIVATION = TestChain.word("a derivation");
  private static final Word OUTPUT = TestChain.word("its output");
  private static final Word TAMPERED = TestChain.word("a tampered output");

  @TempDir private Path folder;

  private static Rebuilder honest() {
    return (derivation, seconds) -> new Rebuilder.Rebuilt(OUTPUT, 7);
  }

  private Validator validator(TestChain chain, Key key, Rebuilder rebuilder) {
    return validator(chain, key, rebuilder, Runnable::run, text -> {});
  }

  private Validator validator(
      TestChain chain, Key key, Rebuilder rebuilder, Executor executor, Consumer<String> notes) {
    return new Validator(
        chain.claims,
        key,
        rebuilder,
        new Validator.Options(folder.resolve(key.address().toString()), 0, 4),
        executor,
        notes);
  }

  private List<Key> staked(TestChain chain, int count) throws Exception {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Key key = chain.funded(5000);
      new Stakes(chain.claims, Sender.of(chain.node, key)).stake(Constants.bct(5000));
      keys.add(key);
    }
    return keys;
  }

  private List<Validator> validators(TestChain chain, List<Key> keys, Rebuilder rebuilder) {
    return keys.stream().map(k -> validator(chain, k, rebuilder)).toList();
  }

  @Test
  void honestClaimsBecomeValid() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(HALF))) {
      List<Validator> validators = validators(chain, staked(chain, 3), honest());
      Key key = chain.funded(3000);
      Publisher publisher = new Publisher(chain.claims, key);
      assertTrue(chain.claims.verified(DERIVATION).isEmpty());
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      Head end = chain.follow(publisher, claim, validators, 1);
      assertEquals(Phase.VALID, Claims.phase(end));
      Claims.Entry entry = chain.claims.verified(DERIVATION).orElseThrow();
      assertEquals(OUTPUT, entry.output());
      assertTrue(entry.validators() >= 1);
      // The stake is back, the fee is gone.
      publisher.withdraw();
      BigInteger left = chain.balance(key.address());
      assertTrue(
          left.compareTo(Constants.bct(2900)) >= 0 && left.compareTo(Constants.bct(2903)) < 0);
    }
  }

  /** Publishing, one for each validator, and the end: 450,000 of gas for two validators at most. */
  @Test
  void whereAllAgreeNobodySendsMoreThanNeeded() throws Exception {
    try (TestChain chain = new TestChain(inOnePeriod(Constants.local(HALF)))) {
      List<Validator> validators = validators(chain, staked(chain, 20), honest());
      Publisher publisher = new Publisher(chain.claims, chain.funded(20_000));
      for (int i = 0; i < 4; i++) {
        Publisher.Claim claim = publisher.find(TestChain.word("derivation " + i), OUTPUT);
        publisher.publish(claim, 0);
        Head end = chain.follow(publisher, claim, validators, 1);
        assertEquals(Phase.VALID, Claims.phase(end));
        Set<Word> sent = new HashSet<>();
        chain.claims.history(claim.id()).forEach(l -> sent.add(l.transaction()));
        assertEquals(end.reports() + 2, sent.size(), () -> chain.history(claim));
        long gas =
            sent.stream().mapToLong(t -> chain.node.receipt(t).orElseThrow().gasUsed()).sum();
        // The first claim of all finds every account empty.
        long most = 450_000 + (i == 0 ? 100_000 : 0) + furtherReports(end.reports());
        assertTrue(gas <= most, gas + " of gas" + chain.history(claim));
      }
    }
  }

  /**
   * What a claim with more than two reports may take besides: 115,000 for each, with some draws
   * that hit who has served, and 2,700 for each earlier report that it reads (2,100 is a cold
   * word's).
   */
  private static long furtherReports(long reports) {
    long further = Math.max(0, reports - 2);
    return further * 115_000 + further * (further + 1) / 2 * 2_700;
  }

  /** A new period of rewards takes 22,100 for each validator once, whenever it happens to begin. */
  private static Constants inOnePeriod(Constants constants) {
    return new Constants(
        constants.rules(),
        constants.terms(),
        constants.registry(),
        Duration.ofDays(36_500).toSeconds(),
        constants.periodMint(),
        constants.firstDistribution(),
        constants.timeLock());
  }

  @Test
  void tamperedClaimsAreRefuted() throws Exception {
    // One validator serves, the others are free to judge.
    try (TestChain chain = new TestChain(Constants.local(0))) {
      List<Key> keys = staked(chain, 5);
      List<Validator> validators = validators(chain, keys, honest());
      Key key = chain.funded(1100);
      Publisher publisher = new Publisher(chain.claims, key);
      Publisher.Claim claim = publisher.find(DERIVATION, TAMPERED);
      publisher.publish(claim, 0);
      Head end = chain.follow(publisher, claim, validators, 5);
      assertEquals(Phase.REFUTED, Claims.phase(end));
      assertTrue(chain.claims.verified(DERIVATION).isEmpty());
      publisher.withdraw();
      assertEquals(0, chain.balance(key.address()).divide(Constants.bct(3)).intValue(), "but tips");
      for (Key validator : keys) {
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, validator));
        assertEquals(Constants.bct(5000), stakes.stake().amount());
        assertEquals(BigInteger.ZERO, stakes.stake().locked());
      }
    }
  }

  @Test
  void validatorsInTheDarkAreReplaced() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      List<Key> keys = staked(chain, 3);
      AtomicInteger asked = new AtomicInteger();
      Key key = chain.funded(1100);
      Publisher publisher = new Publisher(chain.claims, key);
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      // Nobody works until the first that is drawn has missed its deadline.
      publisher.step(claim);
      while (chain.claims.head(claim.id()).reports() < 2) {
        chain.pass(Claims.phase(chain.claims.head(claim.id())) == Phase.BUILDING ? 601 : 1);
        publisher.step(claim);
      }
      List<Validator> validators =
          validators(
              chain,
              keys,
              (derivation, seconds) -> {
                asked.incrementAndGet();
                return new Rebuilder.Rebuilt(OUTPUT, 3);
              });
      Head end = chain.follow(publisher, claim, validators, 1);
      assertEquals(Phase.VALID, Claims.phase(end));
      assertEquals(1, asked.get());
      long lost =
          keys.stream()
              .map(k -> new Stakes(chain.claims, Sender.of(chain.node, k)).stake().amount())
              .filter(s -> s.equals(Constants.bct(4998)))
              .count();
      assertEquals(1, lost, "who missed loses a little");
    }
  }

  /** The second validator commits to what the first one committed to, without building. */
  @Test
  void copiersCannotReveal() throws Exception {
    try (TestChain chain = new TestChain(Constants.local((1L << 32) - 1))) {
      List<Key> keys = staked(chain, 2);
      Key key = chain.funded(1100);
      Publisher publisher = new Publisher(chain.claims, key);
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      List<Key> drawn = new ArrayList<>();
      while (drawn.size() < 2) {
        publisher.step(claim);
        chain.mine();
        Head head = chain.claims.head(claim.id());
        if (Claims.phase(head) != Phase.BUILDING || head.reports() == drawn.size()) {
          continue;
        }
        long number = head.reports() - 1;
        Address validator =
            chain.claims.validatorAt(chain.claims.report(claim.id(), number).slot());
        Key next =
            keys.stream().filter(k -> k.address().equals(validator)).findFirst().orElseThrow();
        if (drawn.isEmpty()) {
          validator(chain, next, honest()).step();
        } else {
          Word copied = chain.claims.report(claim.id(), 0).answer();
          Sender.of(chain.node, next)
              .send(chain.network.claims(), ClaimsAbi.commit(claim.id(), copied));
        }
        drawn.add(next);
      }
      Head end =
          chain.follow(publisher, claim, List.of(validator(chain, drawn.get(0), honest())), 15);
      assertEquals(Phase.VALID, Claims.phase(end));
      assertEquals(1, chain.claims.verified(DERIVATION).orElseThrow().validators());
      Stakes copier = new Stakes(chain.claims, Sender.of(chain.node, drawn.get(1)));
      assertEquals(Constants.bct(4500), copier.stake().amount());
    }
  }

  @Test
  void nonDeterminismHurtsNobody() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      List<Key> keys = staked(chain, 5);
      AtomicInteger builds = new AtomicInteger();
      List<Validator> validators =
          validators(
              chain,
              keys,
              (derivation, seconds) ->
                  new Rebuilder.Rebuilt(TestChain.word("build " + builds.incrementAndGet()), 3));
      Key key = chain.funded(1100);
      Publisher publisher = new Publisher(chain.claims, key);
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      Phase end = Claims.phase(chain.follow(publisher, claim, validators, 5));
      assertTrue(end == Phase.UNREPRODUCIBLE || end == Phase.ABANDONED, end.toString());
      assertTrue(chain.claims.verified(DERIVATION).isEmpty());
      for (Key validator : keys) {
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, validator));
        assertEquals(Constants.bct(5000), stakes.stake().amount());
      }
      publisher.withdraw();
      assertTrue(chain.balance(key.address()).compareTo(Constants.bct(1000)) >= 0);
    }
  }

  @Test
  void restartsAndReorganisationsMissNoDeadline() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(HALF))) {
      List<Key> keys = staked(chain, 3);
      Key key = chain.funded(1100);
      Publisher publisher = new Publisher(chain.claims, key);
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      Phase phase = Phase.DRAWING;
      Optional<String> snapshot = Optional.empty();
      StringJoiner done = new StringJoiner("\n");
      for (int i = 0; i < 300 && !phase.isEnd(); i++) {
        if (i % 7 == 3) {
          snapshot = Optional.of(chain.node.ask("evm_snapshot").asString());
        }
        new Publisher(chain.claims, key).step(claim);
        // Everything is new at each step; what one noted is lost now and then.
        for (Key k : keys) {
          validator(chain, k, honest(), Runnable::run, done::add).step();
          if (i % 3 == 0) {
            deleteNotes(k);
          }
        }
        done.add("step " + i + " at block " + chain.node.blockNumber());
        if (i % 7 == 6 && snapshot.isPresent()) {
          chain.node.ask("evm_revert", snapshot.get());
          snapshot = Optional.empty();
          done.add("went back to block " + chain.node.blockNumber());
        }
        chain.pass(1);
        phase = Claims.phase(chain.claims.head(claim.id()));
      }
      assertEquals(Phase.VALID, phase, () -> chain.history(claim) + done);
      for (Key k : keys) {
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, k));
        assertEquals(
            Constants.bct(5000), stakes.stake().amount(), () -> chain.history(claim) + done);
      }
    }
  }

  /** A build ends after the last step of the validator that started it. */
  @Test
  void whatWasBuiltOutlivesARestart() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      List<Key> keys = staked(chain, 1);
      AtomicInteger builds = new AtomicInteger();
      Rebuilder counting =
          (derivation, seconds) -> new Rebuilder.Rebuilt(OUTPUT, builds.incrementAndGet());
      Publisher publisher = new Publisher(chain.claims, chain.funded(1100));
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      Phase phase = Phase.DRAWING;
      for (int i = 0; i < 50 && !phase.isEnd(); i++) {
        publisher.step(claim);
        List<Runnable> started = new ArrayList<>();
        validator(chain, keys.getFirst(), counting, started::add, text -> {}).step();
        started.forEach(Runnable::run);
        chain.pass(1);
        phase = Claims.phase(chain.claims.head(claim.id()));
      }
      assertEquals(Phase.VALID, phase, () -> chain.history(claim));
      assertEquals(1, builds.get());
    }
  }

  /** Not even what the same step rebuilt is left to the next one. */
  @Test
  void restartsWithoutNotesMissNoDeadline() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      List<Key> keys = staked(chain, 3);
      Publisher publisher = new Publisher(chain.claims, chain.funded(1100));
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      Phase phase = Phase.DRAWING;
      for (int i = 0; i < 100 && !phase.isEnd(); i++) {
        publisher.step(claim);
        for (Key k : keys) {
          validator(chain, k, honest()).step();
          deleteNotes(k);
        }
        chain.pass(1);
        phase = Claims.phase(chain.claims.head(claim.id()));
      }
      assertEquals(Phase.VALID, phase, () -> chain.history(claim));
      for (Key k : keys) {
        Stakes stakes = new Stakes(chain.claims, Sender.of(chain.node, k));
        assertEquals(Constants.bct(5000), stakes.stake().amount(), () -> chain.history(claim));
      }
    }
  }

  private void deleteNotes(Key key) throws Exception {
    Path notes = folder.resolve(key.address().toString());
    Files.createDirectories(notes);
    try (var files = Files.list(notes)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
