package org.buildchain.chain.validator;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.claim.Mover;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Report;
import org.buildchain.chain.claim.Salts;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;

/**
 * Serves the claims and disputes that a validator is drawn for. Each {@link #step} looks at what
 * the chain says now and does what follows from it, so that after a restart, a reorganisation or an
 * outage the next step goes on. What it must hide is salted by {@link Salts}; what it rebuilt is
 * kept on disk, and rebuilt once more where that was lost: the output is the same again, and the
 * build time that it committed to is found by trying.
 *
 * <p>One thread calls {@link #step}; builds run where the executor runs them.
 */
public final class Validator {
  /** How far back draws are looked for again: deeper reorganisations don't happen. */
  private static final long REORGANISED = 300;

  private static final long MAX_SECONDS = 1 << 20;
  private static final int SEATED = 2;
  private static final int CLOSED = 4;

  private final Claims claims;
  private final Network network;
  private final Key key;
  private final Mover mover;
  private final Commitments commitments;
  private final Rebuilder rebuilder;
  private final JobFolder folder;
  private final Options options;
  private final Executor executor;
  private final Consumer<String> notes;
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Map<String, Rebuilder.Rebuilt> done = new ConcurrentHashMap<>();
  private final Set<String> building = ConcurrentHashMap.newKeySet();
  private final Set<String> declined = ConcurrentHashMap.newKeySet();
  private final Set<String> finished = ConcurrentHashMap.newKeySet();
  private long cursor = -1;

  /**
   * How a validator behaves.
   *
   * @param state a folder of its own
   * @param patience blocks or seconds for which it leaves it to others to move claims on
   * @param mostJobs more at once are declined
   */
  public record Options(Path state, long patience, int mostJobs) {}

  /**
   * A validator.
   *
   * @param executor runs builds
   * @param notes takes lines for the user, from several threads
   */
  public Validator(
      Claims claims,
      Key key,
      Rebuilder rebuilder,
      Options options,
      Executor executor,
      Consumer<String> notes) {
    this.claims = claims;
    this.network = claims.network();
    this.key = key;
    this.mover = new Mover(claims, Sender.of(claims.node(), key));
    this.commitments = new Commitments(network);
    this.rebuilder = rebuilder;
    this.folder = new JobFolder(options.state());
    this.options = options;
    this.executor = executor;
    this.notes = notes;
  }

  /** How many services are open. */
  public int open() {
    return jobs.size();
  }

  /**
   * Does what can be done now.
   *
   * @throws org.buildchain.chain.rpc.NodeException if the node can't be reached; the next step goes
   *     on where this one ended
   */
  public void step() {
    BlockHeader now = claims.node().latest();
    look(now);
    for (Job job : List.copyOf(jobs.values())) {
      Job current = withResult(job);
      boolean open = current.seat().isPresent() ? judge(current, now) : serve(current, now);
      if (!open) {
        drop(current);
      }
    }
  }

  /**
   * Looks for draws since the last step, and again where a reorganisation may have changed them.
   */
  private void look(BlockHeader now) {
    if (cursor < 0) {
      try {
        folder.read().forEach(j -> jobs.put(j.name(), j));
        cursor = folder.cursor(network.fromBlock());
      } catch (IOException e) {
        notes.accept("warning: cannot read " + options.state() + ": " + e.getMessage());
        cursor = network.fromBlock();
      }
    }
    long from = Math.max(network.fromBlock(), Math.min(cursor, now.number()) - REORGANISED);
    Node node = claims.node();
    Optional<Word> self = Optional.of(key.address().word());
    for (Log log : logs(node, network.claims(), ClaimsAbi.DRAWN, from, now.number(), self)) {
      Values v = log.values(ClaimsAbi.DRAWN);
      add(v.word(0), v.small(1), Optional.empty());
    }
    for (Log log : logs(node, network.jury(), JuryAbi.SEATED, from, now.number(), self)) {
      Values v = log.values(JuryAbi.SEATED);
      disputed(v.word(0)).ifPresent(d -> add(d.word(1), d.small(2), Optional.of(v.small(1))));
    }
    if (now.number() != cursor) {
      cursor = now.number();
      try {
        folder.setCursor(cursor);
      } catch (IOException e) {
        // Then a restart looks further back.
      }
    }
  }

  /** Both events have what they are about first, and who is drawn second. */
  private static List<Log> logs(
      Node node, Address contract, Event event, long from, long to, Optional<Word> self) {
    return node.logs(
        contract, from, to, List.of(Optional.of(event.topic()), Optional.empty(), self));
  }

  private Optional<Values> disputed(Word dispute) {
    return claims
        .node()
        .logs(
            network.jury(),
            network.fromBlock(),
            claims.node().blockNumber(),
            List.of(Optional.of(JuryAbi.DISPUTE_OPENED.topic()), Optional.of(dispute)))
        .stream()
        .map(l -> l.values(JuryAbi.DISPUTE_OPENED))
        .findFirst();
  }

  private void add(Word claim, long number, Optional<Long> seat) {
    Job named = new Job(claim, number, seat, Word.ZERO, Optional.empty());
    if (jobs.containsKey(named.name()) || finished.contains(named.name())) {
      return;
    }
    claims
        .published(claim)
        .ifPresent(
            p -> {
              Job job = new Job(claim, number, seat, p.derivation(), Optional.empty());
              jobs.put(job.name(), job);
            });
  }

  /** Whether the job has to be looked at again. */
  private boolean serve(Job job, BlockHeader now) {
    Head head = claims.head(job.claim());
    Phase phase = Claims.phase(head);
    if (phase.isEnd()) {
      notes.accept("claim " + brief(job.claim()) + ": " + phase);
      return false;
    }
    Report report = claims.report(job.claim(), job.number());
    boolean mine =
        head.reports() > job.number() && claims.validatorAt(report.slot()).equals(key.address());
    if (!mine) {
      // A reorganisation drew somebody else; it may yet turn back.
      return now.number() < cursor + REORGANISED;
    }
    switch (report.status()) {
      case DRAWN -> {
        if (phase == Phase.BUILDING && head.reports() - 1 == job.number()) {
          build(job, head, now);
        }
      }
      case COMMITTED -> {
        if (report.round() == head.round()) {
          // What was lost is rebuilt at once: a build may take longer than there is to reveal.
          Job built = rebuilt(job, MAX_SECONDS);
          if (phase == Phase.REVEALING && built.result().isPresent()) {
            reveal(built, report, now);
          }
        }
      }
      case MISSED, SLASHED, RELEASED -> {
        return false;
      }
      case NONE, REVEALED -> {}
    }
    mover.move(job.claim(), head, now, options.patience());
    return true;
  }

  private void build(Job job, Head head, BlockHeader now) {
    if (now.timestamp() > head.when()) {
      return;
    }
    if (job.result().isPresent()) {
      commit(job, now);
      return;
    }
    if (declined.contains(job.name())) {
      mover.send(job.name() + " decline", network.claims(), ClaimsAbi.decline(job.claim()), now);
      return;
    }
    if (building.size() >= options.mostJobs() && !building.contains(job.name())) {
      notes.accept("declined claim " + brief(job.claim()) + ": too many builds at once");
      declined.add(job.name());
      return;
    }
    Job built = rebuilt(job, head.when() - now.timestamp());
    if (built.result().isPresent()) {
      commit(built, now);
    }
  }

  /** The job with its result if there is one by now, or else with a build under way. */
  private Job rebuilt(Job job, long seconds) {
    if (job.result().isEmpty()) {
      start(job, seconds);
    }
    // A build may have ended meanwhile, or have run in this very thread.
    return withResult(job);
  }

  /** The job with what its build has left since it was last looked at. */
  private Job withResult(Job job) {
    Rebuilder.Rebuilt result = done.remove(job.name());
    if (result == null) {
      return job;
    }
    Job with = job.with(result);
    jobs.put(with.name(), with);
    return with;
  }

  private void start(Job job, long seconds) {
    if (!building.add(job.name())) {
      return;
    }
    if (done.containsKey(job.name())) {
      // It has just ended.
      building.remove(job.name());
      return;
    }
    notes.accept("drawn for claim " + brief(job.claim()) + ": rebuilding");
    executor.execute(
        () -> {
          try {
            Rebuilder.Rebuilt result = rebuilder.rebuild(job.derivation(), seconds);
            // Before the next step, which a crash may keep from coming.
            keep(job.with(result));
            done.put(job.name(), result);
          } catch (Rebuilder.Declined e) {
            notes.accept("declined claim " + brief(job.claim()) + ": " + e.getMessage());
            declined.add(job.name());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            // It is tried again at the next step, as long as there is time.
            notes.accept("warning: claim " + brief(job.claim()) + ": " + e);
          } finally {
            building.remove(job.name());
          }
        });
  }

  private Word salt(Job job) {
    return Salts.of(key, "report", job.claim(), Word.of(job.number()), network.claims().word());
  }

  private void commit(Job job, BlockHeader now) {
    Rebuilder.Rebuilt r = job.result().orElseThrow();
    Word commitment =
        commitments.ofReport(job.claim(), job.number(), r.output(), r.seconds(), salt(job));
    if (mover.send(
        job.name() + " commit", network.claims(), ClaimsAbi.commit(job.claim(), commitment), now)) {
      notes.accept("committed to claim " + brief(job.claim()));
    }
  }

  private void reveal(Job job, Report report, BlockHeader now) {
    Word output = job.result().orElseThrow().output();
    Optional<Long> seconds = seconds(job, report.answer());
    if (seconds.isEmpty()) {
      notes.accept(
          "warning: claim " + brief(job.claim()) + ": what was rebuilt isn't what was committed");
      return;
    }
    if (mover.send(
        job.name() + " reveal",
        network.claims(),
        ClaimsAbi.reveal(
            job.claim(), BigInteger.valueOf(job.number()), output, seconds.get(), salt(job)),
        now)) {
      notes.accept("revealed for claim " + brief(job.claim()));
    }
  }

  /** The time that the commitment holds: the one noted, or another where the note was lost. */
  private Optional<Long> seconds(Job job, Word commitment) {
    Rebuilder.Rebuilt r = job.result().orElseThrow();
    Word salt = salt(job);
    return LongStream.concat(LongStream.of(r.seconds()), LongStream.range(0, MAX_SECONDS))
        .boxed()
        .filter(
            s ->
                commitments
                    .ofReport(job.claim(), job.number(), r.output(), s, salt)
                    .equals(commitment))
        .findFirst();
  }

  /** A juror's seat: rebuild, vote, reveal, close. Whether it has to be looked at again. */
  private boolean judge(Job seated, BlockHeader now) {
    Word dispute = Commitments.dispute(seated.claim(), seated.number());
    Values state = claims.node().call(network.jury(), JuryAbi.disputeOf(dispute));
    long stage = state.small(0);
    if (stage == CLOSED || stage == 0) {
      return false;
    }
    Job job = rebuilt(seated, MAX_SECONDS);
    if (job.result().isEmpty()) {
      return true;
    }
    long seat = job.seat().orElseThrow();
    Values times = claims.node().call(network.jury(), JuryAbi.timesOf(dispute));
    Verdict verdict = verdict(job);
    Word salt = Salts.of(key, "vote", dispute, Word.of(seat), network.jury().word());
    if (stage == SEATED && now.timestamp() >= times.small(0) && now.timestamp() <= times.small(1)) {
      Word commitment = commitments.ofVote(dispute, seat, verdict, salt);
      mover.send(
          job.name() + " vote",
          network.jury(),
          JuryAbi.vote(dispute, BigInteger.valueOf(seat), commitment),
          now);
    } else if (now.timestamp() > times.small(1) && now.timestamp() <= times.small(2)) {
      mover.send(
          job.name() + " voted",
          network.jury(),
          JuryAbi.reveal(dispute, BigInteger.valueOf(seat), verdict.ordinal(), salt),
          now);
    }
    mover.closeOrSeat(dispute, now);
    return true;
  }

  /** Whom the rebuilt output agrees with. */
  private Verdict verdict(Job job) {
    Word rebuilt = job.result().orElseThrow().output();
    Optional<Values> disputed =
        claims.history(job.claim()).stream()
            .filter(l -> l.is(ClaimsAbi.DISPUTED))
            .map(l -> l.values(ClaimsAbi.DISPUTED))
            .filter(v -> v.small(1) == job.number())
            .findFirst();
    if (disputed.isPresent() && disputed.get().word(2).equals(rebuilt)) {
      return Verdict.VALIDATOR;
    }
    if (disputed.isPresent() && disputed.get().word(3).equals(rebuilt)) {
      return Verdict.PUBLISHER;
    }
    return Verdict.NON_DETERMINISM;
  }

  private void keep(Job job) {
    try {
      folder.write(job);
    } catch (IOException e) {
      notes.accept("warning: cannot write to " + options.state() + ": " + e.getMessage());
    }
  }

  private void drop(Job job) {
    jobs.remove(job.name());
    finished.add(job.name());
    try {
      folder.remove(job);
    } catch (IOException e) {
      notes.accept("warning: cannot write to " + options.state() + ": " + e.getMessage());
    }
  }

  private static String brief(Word claim) {
    return claim.toString().substring(0, 12);
  }
}
