package org.buildchain.daemon.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.buildchain.language.EvalHost;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.host.EvalSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KeptEvaluatorsTest {
  private static final int ANSWERS = 1000;
  private static final long BOUND = 100;

  @TempDir Path temp;

  private final AtomicLong used = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicInteger collections = new AtomicInteger();

  /** One that has answered a thousand questions. */
  private static Evaluator asked() {
    EvalHost nowhere =
        (EvalHost)
            Proxy.newProxyInstance(
                EvalHost.class.getClassLoader(),
                new Class<?>[] {EvalHost.class},
                (proxy, method, arguments) -> {
                  throw new IllegalStateException(method.getName());
                });
    Evaluator ev = new Evaluator(nowhere, EvalSettings.DEFAULT, List.of(), e -> List.of());
    for (int i = 0; i < ANSWERS; i++) {
      ev.adopt("question " + i, "answer", List.of());
    }
    return ev;
  }

  private KeptEvaluators kept(Runnable collect) {
    return kept(collect, () -> {});
  }

  private KeptEvaluators kept(Runnable collect, KeptEvaluators.Pause pause) {
    return new KeptEvaluators(
        BOUND,
        used::get,
        held::get,
        collect,
        new StoredAnswers(temp.resolve("answers"), "", 0),
        pause);
  }

  @Test
  void dropsManyAnswersByFewCollections() {
    // What is dropped frees nothing.
    KeptEvaluators kept = kept(collections::incrementAndGet);
    KeptEvaluators.Kept one = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(one);
    used.set(BOUND + 1);
    kept.trim();
    // One at first, then after half of the answers, and after the rest with the evaluator.
    assertEquals(3, collections.get());
    assertNotSame(
        one.evaluator(), kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked).evaluator());
  }

  /** So that the next command that keeps a little does not have everything collected again. */
  @Test
  void dropsDownToThreeQuartersOfTheBound() {
    KeptEvaluators kept =
        kept(
            () -> {
              // The first collection frees nothing, each after it one for what was dropped.
              int n = collections.getAndIncrement();
              used.addAndGet(n == 0 ? 0 : -10);
            });
    KeptEvaluators.Kept one = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    KeptEvaluators.Kept two = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(one);
    kept.give(two);
    used.set(BOUND + 1);
    kept.trim();
    // 101, 91, 81, 71.
    assertEquals(71, used.get());
    assertEquals(4, collections.get());
    used.set(BOUND);
    kept.trim();
    assertEquals(4, collections.get());
  }

  /** Of the evaluator that a command goes on with most is of earlier commands. */
  @Test
  void releasesWhatTheOneInUseHasAnsweredBefore() {
    KeptEvaluators kept = kept(collections::incrementAndGet);
    kept.give(kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked));
    KeptEvaluators.Kept again = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    assertEquals(ANSWERS, again.evaluator().answerCount());
    assertTrue(kept.release());
    assertEquals(0, again.evaluator().answerCount());
    // What it has answered since is its own.
    again.evaluator().adopt("question", "answer", List.of());
    assertFalse(kept.release());
    assertEquals(1, again.evaluator().answerCount());
  }

  /** Garbage alone is no reason to drop anything. */
  @Test
  void dropsNothingWhenWhatIsOverIsGarbage() {
    KeptEvaluators kept = kept(() -> used.set(BOUND));
    KeptEvaluators.Kept one = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(one);
    used.set(BOUND + 1);
    kept.trim();
    assertSame(
        one.evaluator(), kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked).evaluator());
    assertEquals(
        ANSWERS, Stream.generate(one.evaluator()::forgetOne).takeWhile(forgot -> forgot).count());
  }

  @Test
  void keepsWhatIsWithinTheBound() {
    KeptEvaluators kept = kept(collections::incrementAndGet);
    KeptEvaluators.Kept one = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(one);
    used.set(BOUND);
    kept.trim();
    assertEquals(0, collections.get());
    assertSame(
        one.evaluator(), kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked).evaluator());
  }

  @Test
  void dropsWhatIsOverTheBoundOnceNobodyEvaluates() throws InterruptedException {
    CountDownLatch collected = new CountDownLatch(3);
    KeptEvaluators kept = kept(collected::countDown);
    kept.give(kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked));
    kept.trimSoon();
    assertEquals(3, collected.getCount());
    used.set(BOUND + 1);
    kept.trimSoon();
    collected.await();
  }

  /** What that holds is in use too: dropping all else would not help. */
  @Test
  void waitsForWhatIsStillEvaluated() throws InterruptedException {
    CountDownLatch collected = new CountDownLatch(1);
    AtomicInteger pauses = new AtomicInteger();
    AtomicReference<KeptEvaluators.Running> running = new AtomicReference<>();
    List<Integer> collectedAfter = new CopyOnWriteArrayList<>();
    KeptEvaluators kept =
        kept(
            () -> {
              collectedAfter.add(pauses.get());
              used.set(0);
              collected.countDown();
            },
            () -> {
              if (pauses.incrementAndGet() == 3) {
                running.get().close();
              }
            });
    running.set(kept.running());
    used.set(BOUND + 1);
    kept.trimSoon();
    collected.await();
    assertEquals(List.of(3), collectedAfter);
  }

  /** Nothing that is kept is dropped for that. */
  @Test
  void givesBackWhatALargeEvaluationLeftUnused() {
    KeptEvaluators kept = kept(collections::incrementAndGet);
    KeptEvaluators.Kept one = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(one);
    used.set(BOUND);
    held.set(BOUND + (1L << 30));
    kept.trim();
    assertEquals(0, collections.get());
    held.incrementAndGet();
    kept.trim();
    assertEquals(1, collections.get());
    // It has given nothing back: another would not either, before there is more.
    kept.trim();
    assertEquals(1, collections.get());
    held.addAndGet(1L << 30);
    kept.trim();
    assertEquals(1, collections.get());
    held.incrementAndGet();
    kept.trim();
    assertEquals(2, collections.get());
    assertSame(
        one.evaluator(), kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked).evaluator());
  }

  /** A command that comes while garbage is collected does not wait, and nothing is dropped then. */
  @Test
  void givesWayToACommand() throws InterruptedException {
    CountDownLatch collecting = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    KeptEvaluators kept =
        kept(
            () -> {
              collections.incrementAndGet();
              collecting.countDown();
              try {
                taken.await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
            });
    KeptEvaluators.Kept one = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(one);
    used.set(BOUND + 1);
    Thread trimming = Thread.ofVirtual().start(kept::trim);
    collecting.await();
    KeptEvaluators.Kept two = kept.take(EvalSettings.DEFAULT, KeptEvaluatorsTest::asked);
    kept.give(two);
    taken.countDown();
    trimming.join();
    assertSame(one.evaluator(), two.evaluator());
    assertEquals(1, collections.get());
    assertTrue(two.evaluator().forgetOne());
    assertFalse(interrupted.get());
    // Nothing was dropped since: it needs no other collection to know that it is too much.
    kept.trim();
    assertEquals(3, collections.get());
  }
}
