package org.buildchain.language.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.language.Nix;
import org.buildchain.language.error.EvalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThunkTest {
  private static final int THREADS = 16;

  private static <T> FutureTask<T> start(Callable<T> code) {
    FutureTask<T> task = new FutureTask<>(code);
    new EvalThread("forcing", task).start();
    return task;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyThreadsThatForceOneThunkComputeItOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thunk t =
        Thunk.of(
            () -> {
              runs.incrementAndGet();
              begun.countDown();
              await(go);
              return new Str("x");
            });
    List<FutureTask<Value>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      tasks.add(start(t::force));
    }
    await(begun);
    go.countDown();
    Value first = tasks.getFirst().get();
    for (FutureTask<Value> task : tasks) {
      assertSame(first, task.get());
    }
    assertEquals(1, runs.get());
  }

  @Test
  void aThunkThatNeedsItselfIsInfiniteRecursion() {
    Thunk[] t = new Thunk[1];
    t[0] = Thunk.of(() -> t[0].force());
    EvalException e = assertThrows(EvalException.class, () -> Nix.onEvalThread(() -> t[0].force()));
    assertEquals(EvalException.Kind.INFINITE_RECURSION, e.kind());
  }

  @Test
  void thunksOfTwoThreadsThatNeedEachOtherAreInfiniteRecursion() throws Exception {
    CountDownLatch bothBegun = new CountDownLatch(2);
    Thunk[] t = new Thunk[2];
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      t[i] =
          Thunk.of(
              () -> {
                bothBegun.countDown();
                await(bothBegun);
                return t[other].force();
              });
    }
    List<FutureTask<EvalException>> tasks = new ArrayList<>();
    for (Thunk x : t) {
      tasks.add(start(() -> assertThrows(EvalException.class, x::force)));
    }
    for (FutureTask<EvalException> task : tasks) {
      assertEquals(EvalException.Kind.INFINITE_RECURSION, task.get().kind());
    }
  }

  @Test
  void aThunkThatFailedFailsAgainTheSameWay() {
    AtomicInteger runs = new AtomicInteger();
    Thunk t =
        Thunk.of(
            () -> {
              throw EvalException.other("attempt " + runs.incrementAndGet());
            });
    for (int i = 1; i <= 2; i++) {
      EvalException e = assertThrows(EvalException.class, () -> Nix.onEvalThread(t::force));
      assertEquals("attempt " + i, e.getMessage());
    }
  }

  @Test
  void aWaitingThreadTakesOverWhatFailedInAnother() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thunk t =
        Thunk.of(
            () -> {
              if (runs.incrementAndGet() == 1) {
                begun.countDown();
                await(go);
                throw EvalException.other("first");
              }
              return Value.Bool.TRUE;
            });
    FutureTask<Value> first = start(t::force);
    await(begun);
    FutureTask<Value> second = start(t::force);
    go.countDown();
    assertThrows(ExecutionException.class, first::get);
    assertEquals(Value.Bool.TRUE, second.get());
  }
}
