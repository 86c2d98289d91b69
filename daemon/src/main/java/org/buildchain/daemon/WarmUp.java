package org.buildchain.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.evaluation.StoredAnswers;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.CommandHandler;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.store.posix.Posix;

/**
 * Evaluates expressions of its own while the daemon is new and has nothing to do, so that the JVM
 * has compiled what evaluations run when the first caller comes. It writes nothing to the store and
 * keeps nothing; whenever a command comes it stops at once, and goes on when the last has ended.
 */
final class WarmUp implements CommandHandler, AutoCloseable {
  /** How often everything is evaluated: more compiles little more. */
  private static final int ROUNDS = 3;

  private static final int REPEATS = 3;

  /** How often a command that others cut off is begun again, all together. */
  private static final int MOST_CUT_OFF = 20;

  /** Copies of the expression, since much of an evaluation's time is reading. */
  private static final int FILES = 40;

  /** Packages in each copy. */
  private static final int PACKAGES = 40;

  /** Milliseconds without a command before it goes on: scripts give one after the other. */
  private static final long QUIET = 500;

  /** Nanoseconds of callers' commands after which the JVM has compiled enough. */
  private static final long ENOUGH = 2_000_000_000L;

  /** What runs its commands: the dispatcher. */
  interface Commands {
    /** Makes ready what the first commands would wait for. */
    void prepare();

    /** Runs a command, going on with these evaluators. */
    int run(Caller caller, KeptEvaluators evaluators);
  }

  private final CommandHandler callers;
  private final Commands commands;
  private final Path folder;
  private final KeptEvaluators evaluators;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("bc-warm-up").unstarted(this::work);

  private int running;
  private long ran;
  // By System.nanoTime(): when the last caller's command ended.
  private long quietSince = System.nanoTime();
  private boolean closed;
  private Optional<Thread> command = Optional.empty();

  // Whether nothing has cut the running command off.
  private boolean whole;

  /**
   * @param callers runs the commands of callers
   * @param folder for its files; made and removed
   */
  WarmUp(CommandHandler callers, Commands commands, Path folder) {
    this.callers = callers;
    this.commands = commands;
    this.folder = folder;
    this.evaluators =
        new KeptEvaluators(
            Long.MAX_VALUE, () -> 0, () -> 0, () -> {}, new StoredAnswers(folder, "", 0));
  }

  void start() {
    thread.start();
  }

  @Override
  public int run(Caller caller) {
    begin();
    long began = System.nanoTime();
    try {
      return callers.run(caller);
    } finally {
      end(System.nanoTime() - began);
    }
  }

  @Override
  public Optional<byte[]> known(String request) {
    begin();
    long began = System.nanoTime();
    try {
      return callers.known(request);
    } finally {
      end(System.nanoTime() - began);
    }
  }

  private synchronized void begin() {
    running++;
    cutOff();
  }

  private synchronized void cutOff() {
    whole = false;
    command.ifPresent(Thread::interrupt);
  }

  private synchronized void end(long nanoseconds) {
    running--;
    quietSince = System.nanoTime();
    ran += nanoseconds;
    closed |= ran > ENOUGH;
    notifyAll();
  }

  @Override
  public void ended(Invocation invocation) {
    callers.ended(invocation);
  }

  @Override
  public Thread thread(Runnable task) {
    return callers.thread(task);
  }

  /** Returns when what it runs has ended. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      cutOff();
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      if (!awaitQuiet()) {
        return;
      }
      commands.prepare();
      write();
      evaluate();
    } catch (IOException e) {
      // A full disk, say: the first evaluations will be slower.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      evaluators.close();
      remove();
    }
  }

  private void evaluate() throws InterruptedException {
    List<String> args = List.of("--dry-run", folder.toString());
    int cutOff = 0;
    for (int round = 0; round < ROUNDS && cutOff < MOST_CUT_OFF; ) {
      // The first time from nothing, then with all that was kept.
      boolean done = true;
      for (int i = 0; i < REPEATS && done; i++) {
        done = run(args);
      }
      evaluators.dropIdle();
      if (done) {
        round++;
      } else if (isClosed()) {
        return;
      } else {
        cutOff++;
      }
    }
    // What this has left must not count to the memory of the first evaluation.
    if (awaitQuiet()) {
      System.gc();
    }
  }

  /** Runs a command while nothing else runs; whether it came to its end. */
  private boolean run(List<String> args) throws InterruptedException {
    if (!awaitQuiet()) {
      return false;
    }
    Caller nobody = new Nobody("nix-instantiate", args, this::isUnwanted);
    Thread task = callers.thread(() -> commands.run(nobody, evaluators));
    synchronized (this) {
      if (isUnwanted()) {
        // One has come meanwhile.
        return false;
      }
      whole = true;
      command = Optional.of(task);
      task.start();
    }
    task.join();
    evaluators.ended();
    synchronized (this) {
      command = Optional.empty();
      return whole;
    }
  }

  private synchronized boolean isUnwanted() {
    return closed || running > 0;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Waits until no caller's command has run for a while; false if it is closed. */
  private synchronized boolean awaitQuiet() throws InterruptedException {
    while (!closed) {
      if (running > 0) {
        wait();
        continue;
      }
      long left = QUIET - (System.nanoTime() - quietSince) / 1_000_000;
      if (left <= 0) {
        return true;
      }
      wait(left);
    }
    return false;
  }

  private void write() throws IOException {
    Files.createDirectories(folder);
    byte[] expression;
    try (InputStream in = WarmUp.class.getResourceAsStream("warm-up.nix")) {
      if (in == null) {
        throw new IOException("warm-up.nix is missing");
      }
      expression = in.readAllBytes();
    }
    StringBuilder all = new StringBuilder("[\n");
    for (int i = 0; i < FILES; i++) {
      Files.write(folder.resolve(i + ".nix"), expression);
      all.append("(import ./")
          .append(i)
          .append(".nix { count = ")
          .append(PACKAGES)
          .append("; })\n");
    }
    Files.writeString(folder.resolve("default.nix"), all.append("]\n"));
  }

  private void remove() {
    try {
      Posix.removeTree(folder.toString());
    } catch (IOException e) {
      // The next one writes the same files.
    }
  }
}
