package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long builds of graphs take, by a clock that stands still while the scheduler works: it goes
 * on only when as many builders run as there are places, or work that is ready. Where the scheduler
 * leaves a place empty for good, a test does not end.
 */
@Timeout(120)
class MakespanTest {
  private static final int PLACES = 4;

  private final Workshop shop;
  private final Clock clock = new Clock();

  MakespanTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  /** One derivation, for the clock. */
  private record Step(int length, List<Step> inputs, StorePath drv) {}

  private final class Clock {
    private final List<Step> steps = new ArrayList<>();

    /** When those that have begun end. */
    private final Map<StorePath, Integer> ends = new HashMap<>();

    private int now;

    synchronized void run(StorePath drv, int length) throws InterruptedException {
      int end = now + length;
      ends.put(drv, end);
      notifyAll();
      while (now < end) {
        wait();
      }
    }

    private boolean isOver(Step step) {
      return ends.getOrDefault(step.drv(), Integer.MAX_VALUE) <= now;
    }

    private long running() {
      return ends.values().stream().filter(end -> end > now).count();
    }

    /** Of those that run, or could. */
    private long ready() {
      return steps.stream()
          .filter(s -> !isOver(s) && s.inputs().stream().allMatch(this::isOver))
          .count();
    }

    /** Runs until all have ended, and gives the time. */
    synchronized int turn() throws InterruptedException {
      while (!steps.stream().allMatch(this::isOver)) {
        if (running() == Math.min(PLACES, ready())) {
          now =
              ends.values().stream().filter(end -> end > now).mapToInt(e -> e).min().orElseThrow();
          notifyAll();
        } else {
          wait();
        }
      }
      return now;
    }
  }

  private Step step(String name, int length, List<Step> inputs) {
    Workshop.Draft draft = shop.draft(name);
    for (int i = 0; i < inputs.size(); i++) {
      draft.needs("input" + i, inputs.get(i).drv(), "out");
    }
    StorePath[] self = new StorePath[1];
    self[0] =
        draft.add(
            run -> {
              clock.run(self[0], length);
              run.write("out", "made");
              return 0;
            });
    Step step = new Step(length, inputs, self[0]);
    clock.steps.add(step);
    return step;
  }

  private int makespan() throws Exception {
    List<StorePath> all = clock.steps.stream().map(Step::drv).toList();
    Caller caller = new Caller(shop, TestSettings.jobs(PLACES), all);
    int time = clock.turn();
    caller.outputs();
    return time;
  }

  private int longestPath() {
    Map<Step, Integer> longest = new HashMap<>();
    for (Step step : clock.steps) {
      int below = step.inputs().stream().mapToInt(longest::get).max().orElse(0);
      longest.put(step, below + step.length());
    }
    return Collections.max(longest.values());
  }

  private int work() {
    return clock.steps.stream().mapToInt(Step::length).sum();
  }

  /**
   * Random graphs, within what is proven of schedulers that leave no place empty while work is
   * ready (R. L. Graham, Bounds on Multiprocessing Timing Anomalies, 1969): {@code work / places +
   * (1 - 1 / places) * longest path}.
   */
  @Test
  void graphsAreBoundedByTheirLongestPathAndThePlaces() throws Exception {
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      clock.steps.clear();
      clock.ends.clear();
      clock.now = 0;
      int near = random.nextInt(3, 60);
      for (int i = 0; i < 150; i++) {
        int from = Math.max(0, i - near);
        List<Step> inputs =
            IntStream.range(0, i == 0 ? 0 : random.nextInt(4))
                .map(_ -> random.nextInt(from, clock.steps.size()))
                .distinct()
                .mapToObj(clock.steps::get)
                .toList();
        step("n" + random.nextInt(1000) + "-" + seed + "-" + i, random.nextInt(1, 10), inputs);
      }
      int least = Math.max(longestPath(), (work() + PLACES - 1) / PLACES);
      int most = (work() + (PLACES - 1) * longestPath()) / PLACES;
      int time = makespan();

      String all = "seed " + seed + ": " + time + ", at least " + least + ", at most " + most;
      assertTrue(least <= time && time <= most, all);
    }
  }
}
