package org.buildchain.derivation.realise;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.realise.schedule.Jobs;
import org.buildchain.derivation.realise.schedule.RankedPlaces;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Carries out one plan. Its state belongs to the thread that calls {@link #run}; each derivation is
 * realised in a thread of its own.
 */
final class Execution {
  /** What a goal's thread says. */
  private sealed interface Message {
    Goal goal();
  }

  /** Its builder is over, or somebody else runs it. */
  private record Left(Goal goal) implements Message {}

  /** It is done. */
  private record Ended(Goal goal, SortedMap<String, StorePath> outputs, Throwable failure)
      implements Message {}

  interface Work {
    /**
     * Realises one derivation whose inputs are valid.
     *
     * @param jobs a place is held while a builder runs
     */
    SortedMap<String, StorePath> run(Goal goal, Jobs jobs) throws InterruptedException, IOException;
  }

  private static final CountDownLatch NOBODY = new CountDownLatch(0);

  private final Plan plan;
  private final BuildSettings settings;
  private final BuildEvent.Listener listener;
  private final StoreDir dir;
  private final Work work;
  private final RankedPlaces jobs;
  private final int mostBefore;
  private final int most;
  private final PriorityQueue<Goal> ready;
  private final LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private final Map<Goal, Thread> running = new HashMap<>();

  /** Those of {@link #running} whose builders are still to run, or run. */
  private final Set<Goal> before = new HashSet<>();

  /** What of {@link #running} keeps its place until it has ended. */
  private final Map<Goal, Jobs.Kept> kept = new HashMap<>();

  private final List<BuildException> failures = new ArrayList<>();
  private final Map<Goal, BuildException> requestedFailures = new LinkedHashMap<>();
  private CountDownLatch last = NOBODY;
  private boolean stopping;

  Execution(
      Plan plan, BuildSettings settings, BuildEvent.Listener listener, StoreDir dir, Work work) {
    this.plan = plan;
    this.settings = settings;
    this.listener = listener;
    this.dir = dir;
    this.work = work;
    this.jobs = new RankedPlaces(settings.jobs());
    // While builders run, others are made ready, and what earlier ones made is stored, which takes
    // a disk longer than some builders run.
    int places = settings.jobs() + settings.remote().places();
    this.mostBefore = 2 * places + 2;
    this.most = 4 * places + 8;
    // What most others wait for goes first; where there is one builder at a time nothing is gained
    // by that, and the order is Nix's.
    this.ready =
        new PriorityQueue<>(
            Comparator.comparingInt((Goal g) -> settings.jobs() == 1 ? 0 : -g.height)
                .thenComparing(g -> g.drvPath.name())
                .thenComparing(g -> g.drvPath));
  }

  /**
   * Realises everything.
   *
   * @throws BuildException if something asked for failed
   * @throws InterruptedException if interrupted; no build of this plan alone runs any more
   */
  void run() throws InterruptedException {
    List<Goal> order = plan.order();
    if (order.isEmpty()) {
      return;
    }
    List<StorePath> planned = order.stream().filter(g -> !g.checked).map(g -> g.drvPath).toList();
    if (!planned.isEmpty()) {
      listener.on(new BuildEvent.Planned(planned));
    }
    order.stream().filter(g -> g.unfinishedInputs == 0).forEach(ready::add);
    try {
      launch();
      while (!running.isEmpty()) {
        take(messages.take());
        launch();
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      stop();
      awaitAll();
      throw e;
    }
    report();
  }

  private void launch() {
    while (!stopping && running.size() < most && !ready.isEmpty() && mayBegin(ready.peek())) {
      start(ready.poll());
    }
  }

  /** Those that matter less do not count: their builders run after. */
  private boolean mayBegin(Goal next) {
    return before.stream().filter(g -> g.height >= next.height).count() < mostBefore;
  }

  private void start(Goal goal) {
    goal.state = Goal.State.RUNNING;
    Jobs place = share(goal);
    if (place instanceof Jobs.Kept k) {
      kept.put(goal, k);
    }
    Jobs share = new Jobs.Watched(place, () -> messages.add(new Left(goal)));
    before.add(goal);
    running.put(
        goal,
        Thread.ofVirtual()
            .name("realise " + goal.drvPath)
            .start(
                () -> {
                  try {
                    messages.add(new Ended(goal, work.run(goal, share), null));
                  } catch (Throwable e) {
                    messages.add(new Ended(goal, null, e));
                  } finally {
                    share.pass();
                  }
                }));
  }

  private Jobs share(Goal goal) {
    if (settings.jobs() != 1) {
      return new Jobs.Any(jobs, goal.height);
    }
    Jobs.InOrder share = new Jobs.InOrder(jobs, last, new CountDownLatch(1));
    last = share.after();
    // Of what is fetched the hash comes after the builder; where it is wrong no other begins.
    return goal.drv.kind() == Derivation.Kind.FIXED
        ? new Jobs.Kept(share, new AtomicBoolean())
        : share;
  }

  private void take(Message message) {
    before.remove(message.goal());
    if (message instanceof Ended end) {
      take(end);
    }
  }

  private void take(Ended end) {
    Goal goal = end.goal();
    running.remove(goal);
    switch (end.failure()) {
      case null -> {
        goal.state = Goal.State.DONE;
        goal.outputs.putAll(end.outputs());
        listener.on(new BuildEvent.Finished(goal.drvPath, end.outputs()));
        for (Goal dependent : goal.dependents) {
          if (--dependent.unfinishedInputs == 0 && !stopping) {
            next(dependent);
          }
        }
      }
      case InterruptedException _ when stopping -> goal.state = Goal.State.FAILED;
      case Throwable e -> fail(goal, asBuildException(goal, e));
    }
    Optional<Jobs.Kept> place = Optional.ofNullable(kept.remove(goal));
    // Those that are being stopped may not have noticed yet, and would begin in it.
    if (!stopping) {
      place.ifPresent(Jobs::giveBack);
    }
  }

  private void next(Goal goal) {
    if (goal.failedInputs == 0) {
      ready.add(goal);
    } else {
      fail(goal, dependenciesFailed(goal));
    }
  }

  private void fail(Goal first, BuildException reason) {
    failures.add(reason);
    Deque<Map.Entry<Goal, BuildException>> left = new ArrayDeque<>();
    left.add(Map.entry(first, reason));
    while (!left.isEmpty()) {
      Goal goal = left.peek().getKey();
      BuildException e = left.poll().getValue();
      if (goal.state == Goal.State.FAILED) {
        continue;
      }
      goal.state = Goal.State.FAILED;
      if (goal.requested) {
        requestedFailures.put(goal, e);
      } else {
        listener.on(new BuildEvent.Failed(goal.drvPath, Optional.of(e.getMessage())));
      }
      for (Goal dependent : goal.dependents) {
        dependent.failedInputs++;
        dependent.unfinishedInputs--;
        if (!settings.keepGoing() || dependent.unfinishedInputs == 0) {
          left.add(Map.entry(dependent, dependenciesFailed(dependent)));
        }
      }
    }
    if (!settings.keepGoing()) {
      stop();
    }
  }

  private BuildException dependenciesFailed(Goal goal) {
    return new BuildException(
        goal.failedInputs + " dependencies of derivation '" + print(goal) + "' failed to build");
  }

  private BuildException asBuildException(Goal goal, Throwable e) {
    if (e instanceof BuildException b) {
      return b;
    }
    if (e instanceof Error error) {
      throw error;
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return new BuildException("building '" + print(goal) + "': " + message, 1, e);
  }

  private void stop() {
    stopping = true;
    running.values().forEach(Thread::interrupt);
  }

  private void awaitAll() {
    boolean interrupted = false;
    while (!running.isEmpty()) {
      try {
        if (messages.take() instanceof Ended end) {
          running.remove(end.goal());
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The error for the caller: the one of what it asked for, or a summary of several. */
  private void report() {
    if (failures.isEmpty()) {
      return;
    }
    int status = status();
    boolean one = requestedFailures.size() == 1;
    List<String> names = new ArrayList<>();
    for (Map.Entry<Goal, BuildException> e : requestedFailures.entrySet()) {
      Optional<String> message = one ? Optional.empty() : Optional.of(e.getValue().getMessage());
      listener.on(new BuildEvent.Failed(e.getKey().drvPath, message));
      names.add("'" + print(e.getKey()) + "'");
    }
    String message =
        one
            ? requestedFailures.values().iterator().next().getMessage()
            : "build of " + names.stream().sorted().collect(joining(", ")) + " failed";
    throw new BuildException(message, status, failures.getFirst());
  }

  /** Nix's exit status: {@code Worker::failingExitStatus}. */
  private int status() {
    int mask = 0;
    for (BuildException e : failures) {
      mask |=
          switch (e.exitStatus()) {
            case 100 -> 0x04;
            case 101 -> 0x05;
            case 102 -> 0x06;
            case 104 -> 0x08;
            default -> 0;
          };
    }
    return mask == 0 ? 1 : mask | 0x60;
  }

  private String print(Goal goal) {
    return dir.print(goal.drvPath);
  }
}
