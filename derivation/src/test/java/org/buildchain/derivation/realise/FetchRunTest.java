package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.buildchain.derivation.site.Arrival;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.NewObject;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FetchRunTest {
  private final Workshop shop;
  private final Map<StorePath, Substituter.Offer> offers = new LinkedHashMap<>();
  private final Source source = new Source();

  FetchRunTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  private StorePath offer(int number, StorePath... references) {
    StorePath path = StorePath.parse(String.format("%032d-p%d", number, number));
    offers.put(path, new Substituter.Offer(path, new TreeSet<>(List.of(references)), 1, 1));
    return path;
  }

  /** Holds what it is asked for until all that a path waits for has come. */
  private final class Source implements Substituter {
    private final Map<StorePath, CountDownLatch> until = new HashMap<>();
    private final Set<StorePath> broken = ConcurrentHashMap.newKeySet();
    private final Set<StorePath> held = ConcurrentHashMap.newKeySet();
    private final List<List<StorePath>> steps = new ArrayList<>();
    private final Map<StorePath, CountDownLatch> came = new ConcurrentHashMap<>();
    private final Map<StorePath, CountDownLatch> valid = new ConcurrentHashMap<>();
    private CountDownLatch arrivals = new CountDownLatch(0);
    private long memory = 1;

    private CountDownLatch came(StorePath path) {
      return came.computeIfAbsent(path, p -> new CountDownLatch(1));
    }

    private CountDownLatch valid(StorePath path) {
      return valid.computeIfAbsent(path, p -> new CountDownLatch(1));
    }

    @Override
    public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes) {
      throw new IllegalStateException("what is fetched was asked for before");
    }

    @Override
    public void fetch(StorePath path, Consumer<String> notes) {
      throw new IllegalStateException("paths come by 'receive'");
    }

    private final class Box implements Arrival.Held {
      private final StorePath path;

      Box(StorePath path) {
        this.path = path;
        held.add(path);
      }

      /** Asked for where it is noted that the path has come, before anybody can act on that. */
      @Override
      public long memory() {
        came(path).countDown();
        arrivals.countDown();
        return memory;
      }

      @Override
      public void close() {
        held.remove(path);
      }
    }

    @Override
    public Arrival receive(StorePath path, boolean ready, Consumer<String> notes)
        throws IOException, InterruptedException {
      CountDownLatch latch = until.get(path);
      if (latch != null) {
        latch.await();
      }
      if (broken.contains(path)) {
        throw new IOException("it stalls");
      }
      assertTrue(ready || memory == 1, "nothing is asked for ahead while memory is short");
      return new Box(path);
    }

    @Override
    public void commit(List<Arrival.Held> boxes) throws IOException {
      List<StorePath> paths = boxes.stream().map(b -> ((Box) b).path).toList();
      steps.add(paths);
      for (StorePath path : paths) {
        for (StorePath reference : offers.get(path).references()) {
          assertTrue(shop.store.isValid(reference), path + " before " + reference);
        }
        shop.store.addObjects(
            List.of(
                new NewObject(
                    path,
                    new MemoryFile("x".getBytes(StandardCharsets.US_ASCII), false),
                    Set.of(),
                    Optional.empty(),
                    false,
                    Optional.empty())));
        valid(path).countDown();
      }
    }
  }

  private Map<StorePath, FetchRun.Outcome> run(int jobs) throws InterruptedException {
    Collection<Substituter.Offer> all = List.copyOf(offers.values());
    Map<StorePath, FetchRun.Outcome> outcomes =
        new FetchRun(shop.store, source, all, note -> {}).run(jobs);
    assertEquals(Set.of(), source.held);
    return outcomes;
  }

  @Test
  void aChainBecomesValidTogether() throws Exception {
    StorePath first = offer(0);
    StorePath last = first;
    for (int i = 1; i < 40; i++) {
      last = offer(i, last);
    }
    // The first comes when all others have.
    source.arrivals = new CountDownLatch(39);
    source.until.put(first, source.arrivals);
    Map<StorePath, FetchRun.Outcome> outcomes = run(4);
    assertEquals(Set.of(FetchRun.Outcome.FETCHED), Set.copyOf(outcomes.values()));
    assertEquals(List.of(List.copyOf(offers.keySet())), source.steps);
  }

  @Test
  void whatStallsHoldsUpOnlyWhatRefersToIt() throws Exception {
    StorePath stalling = offer(0);
    StorePath referrer = offer(1, stalling);
    StorePath other = offer(2);
    StorePath above = offer(3, other);
    CountDownLatch others = new CountDownLatch(1);
    source.until.put(stalling, others);
    source.broken.add(stalling);
    Thread watch =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    source.came(referrer).await();
                    source.valid(above).await();
                    others.countDown();
                  } catch (InterruptedException e) {
                    // Then the run is not let go on, and fails.
                  }
                });
    Map<StorePath, FetchRun.Outcome> outcomes = run(4);
    watch.join();
    assertEquals(
        Map.of(
            stalling, FetchRun.Outcome.FAILED,
            referrer, FetchRun.Outcome.FAILED,
            other, FetchRun.Outcome.FETCHED,
            above, FetchRun.Outcome.FETCHED),
        outcomes);
    assertTrue(source.steps.stream().flatMap(List::stream).noneMatch(referrer::equals));
  }

  @Test
  void nothingComesAheadOfItsReferencesWhileMemoryIsShort() throws Exception {
    source.memory = 1L << 30;
    StorePath last = offer(0);
    for (int i = 1; i < 5; i++) {
      last = offer(i, last);
    }
    assertEquals(5, run(1).size());
    assertTrue(shop.store.isValid(last));
  }

  @Test
  void aStepThatFailsFailsItsPathsAlone() throws Exception {
    StorePath first = offer(0);
    StorePath second = offer(1, first);
    Substituter failing =
        new Substituter() {
          @Override
          public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes) {
            return Map.of();
          }

          @Override
          public void fetch(StorePath path, Consumer<String> notes) {}

          @Override
          public Arrival receive(StorePath path, boolean ready, Consumer<String> notes)
              throws IOException, InterruptedException {
            return source.receive(path, ready, notes);
          }

          @Override
          public void commit(List<Arrival.Held> boxes) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    List<String> notes = new ArrayList<>();
    Map<StorePath, FetchRun.Outcome> outcomes =
        new FetchRun(shop.store, failing, offers.values(), notes::add).run(1);
    assertEquals(Map.of(first, FetchRun.Outcome.FAILED, second, FetchRun.Outcome.FAILED), outcomes);
    assertTrue(Stream.of(first, second).noneMatch(shop.store::isValid));
    assertTrue(notes.contains("warning: No space left on device"), notes.toString());
    assertEquals(Set.of(), source.held);
  }

  @Test
  void anInterruptionLeavesNothing() throws Exception {
    StorePath stalling = offer(0);
    StorePath referrer = offer(1, stalling);
    source.until.put(stalling, new CountDownLatch(1));
    Thread here = Thread.currentThread();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                source.came(referrer).await();
                here.interrupt();
              } catch (InterruptedException e) {
                // Nobody does.
              }
            });
    assertThrows(InterruptedException.class, () -> run(2));
    assertEquals(Set.of(), source.held);
    assertEquals(List.of(), source.steps);
  }
}
