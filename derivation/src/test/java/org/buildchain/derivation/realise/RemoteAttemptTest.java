package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.NewObject;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are Java code. */
class RemoteAttemptTest {
  private final Workshop shop;

  RemoteAttemptTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  /** What a machine does. */
  private interface Work {
    void build(RemoteBuilders.Job job, RemoteBuilders.Log log)
        throws IOException, InterruptedException;
  }

  /** Machines with one place each, asked in order. */
  private final class Machines implements RemoteBuilders {
    private final List<Work> works;
    private final List<AtomicBoolean> busy = new ArrayList<>();

    Machines(Work... works) {
      this.works = List.of(works);
      this.works.forEach(w -> busy.add(new AtomicBoolean()));
    }

    @Override
    public int places() {
      return works.size();
    }

    @Override
    public Answer take(Needs needs, Set<String> refused, Consumer<String> notes) {
      boolean any = false;
      for (int i = 0; i < works.size(); i++) {
        String name = "machine " + i;
        if (refused.contains(name)) {
          continue;
        }
        any = true;
        if (busy.get(i).compareAndSet(false, true)) {
          return new Answer.Taken(place(name, works.get(i), busy.get(i)));
        }
      }
      return any ? new Answer.Busy() : new Answer.Unable("nobody is left");
    }

    private Place place(String name, Work work, AtomicBoolean taken) {
      return new Place() {
        @Override
        public String machine() {
          return name;
        }

        @Override
        public SortedMap<String, StorePath> build(Job job, Log log)
            throws IOException, InterruptedException {
          work.build(job, log);
          SortedMap<String, StorePath> outputs = new TreeMap<>();
          List<NewObject> objects = new ArrayList<>();
          for (String output : job.outputs()) {
            StorePath path =
                job.drv()
                    .outputs()
                    .get(output)
                    .path(shop.store.dir(), job.drv().name(), output)
                    .orElseThrow();
            outputs.put(output, path);
            objects.add(
                new NewObject(
                    path,
                    new MemoryFile(Octets.bytes("made elsewhere"), false),
                    new TreeSet<>(),
                    Optional.of(job.drvPath()),
                    false,
                    Optional.empty()));
          }
          shop.store.addObjects(objects);
          return outputs;
        }

        @Override
        public void close() {
          taken.set(false);
        }
      };
    }
  }

  private BuildSettings settings(int jobs, Work... works) {
    return TestSettings.remote(jobs, new Machines(works));
  }

  private List<String> where() {
    return shop.events.stream()
        .<String>mapMulti(
            (event, out) -> {
              if (event instanceof BuildEvent.Started s) {
                out.accept(s.machine().orElse("here"));
              }
            })
        .toList();
  }

  private StorePath failingHere(String name) {
    return shop.draft(name)
        .add(
            run -> {
              throw new AssertionError("built here");
            });
  }

  @Test
  void othersComeFirstAndTheirLogIsOurs() throws Exception {
    StorePath drv = failingHere("a");
    shop.realise(
        settings(
            1,
            (job, log) -> {
              log.phase("buildPhase");
              log.line("working there");
            }),
        drv);
    assertTrue(shop.events.contains(new BuildEvent.LogLine(drv, "working there")));
    assertTrue(shop.events.contains(new BuildEvent.Phase(drv, "buildPhase")));
    assertEquals(List.of("machine 0"), where());
    assertEquals("working there\n", Octets.of(shop.logs.open(drv).orElseThrow().readAllBytes()));
  }

  @Test
  void aMachineThatFailsIsLeftForTheNextAndThenForThisOne() throws Exception {
    StorePath drv = shop.draft("a").add(RemoteAttemptTest::succeed);
    Work broken =
        (job, log) -> {
          throw new IOException("the line is cut");
        };
    shop.realise(settings(1, broken, broken), drv);
    assertEquals(List.of("machine 0", "machine 1", "here"), where());
    assertTrue(
        shop.events.contains(
            new BuildEvent.Message(drv, "cannot build on 'machine 0': the line is cut")));
  }

  private static int succeed(Workshop.Run run) throws IOException {
    run.write("out", "made here");
    return 0;
  }

  @Test
  void aFailedBuildIsNotTriedElsewhere() {
    StorePath drv = failingHere("a");
    Work failing =
        (job, log) -> {
          throw new BuildException("it fails", 100);
        };
    BuildException e =
        assertThrows(BuildException.class, () -> shop.realise(settings(1, failing, failing), drv));
    assertEquals(100, e.exitStatus());
    assertEquals(List.of("machine 0"), where());
  }

  /** Each of the builders waits until the other one runs. */
  @Test
  void thisMachineTakesWhatOthersHaveNoPlaceFor() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Workshop.Script here =
        run -> {
          both.countDown();
          both.await();
          return succeed(run);
        };
    StorePath a = shop.draft("a").add(here);
    StorePath b = shop.draft("b").add(here);
    Work there =
        (job, log) -> {
          both.countDown();
          both.await();
        };
    shop.realise(settings(1, there), a, b);
    assertEquals(Set.of("machine 0", "here"), Set.copyOf(where()));
  }

  @Test
  void withoutPlacesHereBuildsWaitForOthers() throws Exception {
    AtomicInteger running = new AtomicInteger();
    Work alone =
        (job, log) -> {
          assertEquals(1, running.incrementAndGet());
          running.decrementAndGet();
        };
    StorePath a = failingHere("a");
    StorePath b = failingHere("b");
    StorePath c = failingHere("c");
    shop.realise(settings(0, alone), a, b, c);
    assertEquals(List.of("machine 0", "machine 0", "machine 0"), where());
  }

  @Test
  void whatPrefersThisMachineStaysWhereItCan() throws Exception {
    StorePath drv = shop.draft("a").env("preferLocalBuild", "1").add(RemoteAttemptTest::succeed);
    shop.realise(settings(1, (job, log) -> {}), drv);
    assertEquals(List.of("here"), where());
    StorePath other =
        shop.draft("b")
            .env("preferLocalBuild", "1")
            .env("requiredSystemFeatures", "rare")
            .add(RemoteAttemptTest::succeed);
    shop.realise(settings(1, (job, log) -> {}), other);
    assertEquals(List.of("here", "machine 0"), where());
    assertFalse(shop.events.isEmpty());
  }
}
