package org.buildchain.daemon.evaluation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.host.EvalSettings;

/**
 * Evaluators that wait for the next command, with all that they have computed. Each is used by one
 * command at a time. Together with the rest of the daemon they hold no more memory than a bound;
 * what was asked for longest ago goes first. What a large evaluation has left unused goes back to
 * the system.
 */
public final class KeptEvaluators implements AutoCloseable {
  /**
   * One of them.
   *
   * @param uses how many commands have used it
   */
  public record Kept(EvalSettings settings, Evaluator evaluator, int uses) {}

  private static final Duration QUIET = Duration.ofSeconds(1);

  /** So often it is waited until nobody evaluates: somebody may have a prompt open for days. */
  private static final int MOST_WAITS = 60;

  /** So much of the heap may be unused: the next evaluation will need some. */
  private static final long MOST_UNUSED = 1L << 30;

  /**
   * Of the bound so much may be left by dropping: were it all, each command that keeps a little
   * more would be followed by collections.
   */
  private static final double LEFT = 0.75;

  /** Waits between two looks at whether somebody evaluates. */
  @FunctionalInterface
  interface Pause {
    void run() throws InterruptedException;
  }

  /** That somebody evaluates. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  private final long bound;
  private final LongSupplier used;
  private final LongSupplier held;
  private final Runnable collect;
  private final StoredAnswers stored;
  private final Pause pause;
  private final KeptCommands commands = new KeptCommands();
  private final LongAdder replies = new LongAdder();
  private final ExecutorService afterwards =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("bc-answers").factory());
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Deque<Kept> idle = new ArrayDeque<>();
  // Those that commands use, with answers of earlier ones; which of them still do, nobody says.
  private final Set<Evaluator> reused = Collections.newSetFromMap(new WeakHashMap<>());
  private final ReentrantLock trimming = new ReentrantLock();
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final AtomicInteger running = new AtomicInteger();
  // What the last collection left unused and did not give back: another would not either.
  private volatile long unreturned;
  // The last collection left more than the bound, and a command came before anything was dropped.
  private volatile boolean over;
  private long taken;

  /**
   * @param bound in bytes; 0 keeps nothing
   * @param used how many bytes are in use, those that are not reachable any more perhaps included
   * @param held how many bytes the system has given for that
   * @param collect makes {@code used} exact, and gives back most of what is held and not used
   * @param stored what earlier processes have answered
   */
  public KeptEvaluators(
      long bound, LongSupplier used, LongSupplier held, Runnable collect, StoredAnswers stored) {
    this(bound, used, held, collect, stored, () -> Thread.sleep(QUIET));
  }

  /**
   * As the other.
   *
   * @param pause a second or so
   */
  KeptEvaluators(
      long bound,
      LongSupplier used,
      LongSupplier held,
      Runnable collect,
      StoredAnswers stored,
      Pause pause) {
    this.bound = bound;
    this.used = used;
    this.held = held;
    this.collect = collect;
    this.stored = stored;
    this.pause = pause;
  }

  /** In this process's heap. */
  public static KeptEvaluators inHeap(long bound, StoredAnswers stored) {
    Runtime runtime = Runtime.getRuntime();
    return new KeptEvaluators(
        bound,
        () -> runtime.totalMemory() - runtime.freeMemory(),
        runtime::totalMemory,
        HeapCollection::run,
        stored);
  }

  /** What is to be done when a command {@linkplain #ended has ended}, one after the other. */
  void later(Runnable task) {
    tasks.add(task);
  }

  /**
   * A command has ended and its caller has the reply: on other threads, does what no caller waits
   * for, and what {@link #trimSoon} does.
   */
  public void ended() {
    if (!tasks.isEmpty()) {
      afterwards.execute(this::runTasks);
    }
    trimSoon();
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Returns when all of that is done. */
  @Override
  public void close() {
    afterwards.execute(this::runTasks);
    afterwards.close();
  }

  /** What earlier processes have answered. */
  StoredAnswers stored() {
    return stored;
  }

  /**
   * Keeps what a command has sent to its caller, to be sent again.
   *
   * @param request all that the caller has sent, an octet string
   * @param from what the reply comes from
   */
  public void keep(String request, byte[] reply, CommandRecord from) {
    if (bound > 0 && from.isComplete() && reply.length <= KeptCommands.MOST_REPLY) {
      // Asked once while nobody waits: the first time takes ten times as long.
      later(
          () ->
              KeptCommand.of(reply, from)
                  .filter(KeptCommand::holds)
                  .ifPresent(c -> commands.put(request, c)));
    }
  }

  /** What the same request has got before, if a command would come to the same now. */
  public Optional<byte[]> reply(String request) {
    Optional<KeptCommand> known = commands.find(request);
    if (known.isEmpty() || !known.get().holds()) {
      return Optional.empty();
    }
    asked(known.get());
    replies.increment();
    return Optional.of(known.get().reply());
  }

  /** How many replies came so. */
  public long replies() {
    return replies.sum();
  }

  /** Counts those from which a reply came as used. */
  private synchronized void asked(KeptCommand command) {
    taken++;
    if (!idle.isEmpty() && !command.isOf(idle.getFirst().evaluator())) {
      List<Kept> used = idle.stream().filter(k -> command.isOf(k.evaluator())).toList();
      idle.removeAll(used);
      used.forEach(idle::addFirst);
    }
  }

  /** One that evaluates so, the most recently used first; a new one if none waits. */
  synchronized Kept take(EvalSettings settings, Supplier<Evaluator> fresh) {
    taken++;
    for (Iterator<Kept> i = idle.iterator(); i.hasNext(); ) {
      Kept kept = i.next();
      if (kept.settings().equals(settings)) {
        i.remove();
        reused.add(kept.evaluator());
        return kept;
      }
    }
    return new Kept(settings, fresh.get(), 0);
  }

  /** Takes one back. */
  synchronized void give(Kept kept) {
    reused.remove(kept.evaluator());
    if (bound > 0) {
      idle.addFirst(new Kept(kept.settings(), kept.evaluator(), kept.uses() + 1));
    }
  }

  /** To be closed when what somebody evaluates is done, well or not. */
  Running running() {
    running.incrementAndGet();
    return running::decrementAndGet;
  }

  /** Drops all that wait; false if none does. */
  public synchronized boolean dropIdle() {
    boolean some = !idle.isEmpty();
    idle.clear();
    commands.clear();
    return some;
  }

  /**
   * Lets go of what no evaluation needs, the heap being full: all that wait, or else what those in
   * use have answered to earlier commands, of each once; false if there is nothing.
   */
  public synchronized boolean release() {
    if (dropIdle()) {
      return true;
    }
    boolean some = false;
    for (Evaluator ev : reused) {
      while (ev.forgetOne()) {
        some = true;
      }
    }
    reused.clear();
    return some;
  }

  private boolean isTooMuch() {
    long now = used.getAsLong();
    return now > bound || held.getAsLong() - now > MOST_UNUSED + unreturned;
  }

  /**
   * Drops what is over the bound, on another thread, once no command has begun to evaluate for a
   * second, and none still does: the next one of a script must not wait for it, and what is being
   * evaluated is in use too, so that nothing that is dropped would be enough.
   */
  void trimSoon() {
    if (!isTooMuch() || !waiting.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual()
        .name("bc-trim")
        .start(
            () -> {
              try {
                awaitQuiet();
              } catch (InterruptedException e) {
                return;
              } finally {
                waiting.set(false);
              }
              trim();
            });
  }

  private void awaitQuiet() throws InterruptedException {
    long before;
    int waits = 0;
    do {
      before = taken();
      pause.run();
      waits++;
    } while (taken() != before || running.get() > 0 && waits < MOST_WAITS);
  }

  /**
   * Drops what is over the bound, and some more. A command that comes meanwhile has all that was
   * kept; the rest is dropped when that has ended.
   *
   * <p>Garbage must be collected before it is known what dropping has freed, and that takes some
   * seconds of a core for each GiB in use. So half of an evaluator's answers are dropped at once,
   * then the other half with it: answers about one tree share so much that nothing is free before
   * the last of them, and some hundred small ones must not cost as many collections.
   */
  void trim() {
    if (!isTooMuch() || !trimming.tryLock()) {
      return;
    }
    try {
      long before = taken();
      if (!over) {
        collect();
        over = used.getAsLong() > bound;
      }
      for (boolean half = true; over && taken() == before; half = !half) {
        boolean some = drop(half, before);
        if (some) {
          collect();
        }
        over = some && used.getAsLong() > bound * LEFT;
      }
    } finally {
      trimming.unlock();
    }
  }

  private void collect() {
    collect.run();
    unreturned = Math.max(0, held.getAsLong() - used.getAsLong());
  }

  private synchronized long taken() {
    return taken;
  }

  /**
   * Drops the oldest evaluator, or the older half of its answers; false if there is none, or a
   * command came.
   */
  private synchronized boolean drop(boolean half, long before) {
    if (taken != before || idle.isEmpty()) {
      return false;
    }
    commands.clear();
    Evaluator last = idle.getLast().evaluator();
    int many = last.answerCount() / 2;
    if (half && many > 0) {
      for (int i = 0; i < many; i++) {
        last.forgetOne();
      }
    } else {
      idle.removeLast();
    }
    return true;
  }
}
