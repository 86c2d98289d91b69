package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that fail, with the words and exit statuses of Nix 2.26. */
class FailuresTest {
  private final Workshop shop;

  FailuresTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  private BuildException failure(StorePath... drvs) {
    return assertThrows(BuildException.class, () -> shop.realise(drvs));
  }

  private List<BuildEvent.Failed> failed() {
    return shop.events.stream()
        .filter(BuildEvent.Failed.class::isInstance)
        .map(BuildEvent.Failed.class::cast)
        .toList();
  }

  @Test
  void aBuilderThatExitsShowsItsLastLines() throws Exception {
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  for (int i = 1; i <= 12; i++) {
                    run.print("line " + i + "\n");
                  }
                  run.print("overwritten\rno newline!\n@nix {\"action\":\"msg\"}\nlast");
                  return 3;
                });

    BuildException e = failure(drv);

    assertEquals(
        "builder for '"
            + shop.print(drv)
            + "' failed with exit code 3;\n"
            + "       last 10 log lines:\n"
            + "       > line 5\n"
            + "       > line 6\n"
            + "       > line 7\n"
            + "       > line 8\n"
            + "       > line 9\n"
            + "       > line 10\n"
            + "       > line 11\n"
            + "       > line 12\n"
            + "       > no newline!\n"
            + "       > last\n"
            + "       For full logs, run 'bc log "
            + shop.print(drv)
            + "'.",
        e.getMessage());
    assertEquals(100, e.exitStatus());
    assertEquals(List.of(new BuildEvent.Failed(drv, Optional.empty())), failed());
    String log = Octets.of(shop.logs.open(drv).orElseThrow().readAllBytes());
    assertTrue(log.startsWith("line 1\n") && log.endsWith("\nlast"), log);
  }

  @Test
  void aBuilderThatIsKilledNamesTheSignal() {
    StorePath drv = shop.draft("a").add(_ -> -9);

    assertEquals(
        "builder for '" + shop.print(drv) + "' failed due to signal 9 (Killed)",
        failure(drv).getMessage());
  }

  @Test
  void anAbsentOutputIsNamed() {
    StorePath drv =
        shop.draft("a")
            .output("dev", new DerivationOutput.Deferred())
            .add(
                run -> {
                  run.write("out", "x");
                  return 0;
                });
    BuildException e = failure(drv);

    assertEquals(
        "builder for '"
            + shop.print(drv)
            + "' failed to produce output path for output 'dev' at '"
            + shop.derivations.apply(drv).env().get("dev")
            + "'",
        e.getMessage());
    assertEquals(1, e.exitStatus());
    assertEquals(1, shop.store.allPaths().size());
  }

  @Test
  void anOutputThatOthersMayWriteToIsRefused() {
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  run.write("out", "x");
                  run.output("out").toFile().setWritable(true, false);
                  return 0;
                });

    assertTrue(failure(drv).getMessage().startsWith("suspicious ownership or permission on"));
  }

  @Test
  void aFifoIsRefused() {
    StorePath drv =
        shop.draft("a")
            .add(
                run -> {
                  Files.createDirectory(run.output("out"));
                  Path fifo = run.output("out").resolve("pipe");
                  return new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
                });

    assertTrue(failure(drv).getMessage().contains("has an unsupported type"));
  }

  @Test
  void dependentsFailAndTheRestStops() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    StorePath slow =
        shop.draft("slow")
            .add(
                _ -> {
                  running.countDown();
                  try {
                    new Semaphore(0).acquire();
                    return 0;
                  } finally {
                    stopped.countDown();
                  }
                });
    StorePath bad =
        shop.draft("bad")
            .add(
                _ -> {
                  running.await();
                  return 1;
                });
    StorePath middle = shop.draft("middle").needs("bad", bad, "out").add(_ -> 0);
    StorePath top =
        shop.draft("top").needs("middle", middle, "out").needs("slow", slow, "out").add(_ -> 0);

    BuildException e = failure(top);

    assertEquals(
        "1 dependencies of derivation '" + shop.print(top) + "' failed to build", e.getMessage());
    assertEquals(100, e.exitStatus());
    assertEquals(0, stopped.getCount());
    assertEquals(
        List.of(
            new BuildEvent.Failed(
                bad, Optional.of("builder for '" + shop.print(bad) + "' failed with exit code 1")),
            new BuildEvent.Failed(
                middle,
                Optional.of(
                    "1 dependencies of derivation '" + shop.print(middle) + "' failed to build")),
            new BuildEvent.Failed(top, Optional.empty())),
        failed());
  }

  @Test
  void keepGoingBuildsWhatItCan() {
    StorePath bad1 = shop.draft("bad1").add(_ -> 1);
    StorePath bad2 = shop.draft("bad2").add(_ -> 1);
    StorePath good =
        shop.draft("good")
            .add(
                run -> {
                  run.write("out", "x");
                  return 0;
                });
    StorePath top =
        shop.draft("top")
            .needs("a", bad1, "out")
            .needs("b", bad2, "out")
            .needs("c", good, "out")
            .add(_ -> 0);

    BuildException e =
        assertThrows(BuildException.class, () -> shop.realise(TestSettings.keepGoing(), top, good));

    assertEquals(
        "2 dependencies of derivation '" + shop.print(top) + "' failed to build", e.getMessage());
    assertTrue(shop.store.allPaths().stream().anyMatch(p -> p.name().equals("good")));
  }

  @Test
  void severalFailuresAreSummedUp() {
    StorePath a = shop.draft("a").add(_ -> 1);
    StorePath b = shop.draft("b").add(_ -> 1);

    BuildException e =
        assertThrows(BuildException.class, () -> shop.realise(TestSettings.keepGoing(), a, b));

    String one = "build of '" + shop.print(a) + "', '" + shop.print(b) + "' failed";
    String other = "build of '" + shop.print(b) + "', '" + shop.print(a) + "' failed";
    assertTrue(e.getMessage().equals(one) || e.getMessage().equals(other), e.getMessage());
    assertEquals(2, failed().stream().filter(f -> f.message().isPresent()).count());
  }

  @Test
  void theBuildFolderOfAFailureMayBeKept() throws IOException {
    StorePath drv = shop.draft("a").env("passAsFile", "text").env("text", "evidence").add(_ -> 1);
    assertThrows(BuildException.class, () -> shop.realise(TestSettings.keepFailed(), drv));

    String note =
        shop.events.stream()
            .filter(BuildEvent.Message.class::isInstance)
            .map(m -> ((BuildEvent.Message) m).text())
            .findFirst()
            .orElseThrow();
    assertTrue(note.startsWith("note: keeping build directory '"), note);
    Path kept = Path.of(note.substring(note.indexOf('\'') + 1, note.length() - 1));
    try (Stream<Path> files = Files.list(kept)) {
      assertEquals("evidence", Files.readString(files.findFirst().orElseThrow()));
    }
  }

  @Test
  void anotherPlatformIsRefused() {
    StorePath drv =
        shop.draft("a")
            .system("riscv64-linux")
            .env("requiredSystemFeatures", "kvm big-parallel")
            .add(_ -> 0);

    assertEquals(
        "a 'riscv64-linux' with features {big-parallel, kvm} is required to build '"
            + shop.print(drv)
            + "', but I am a 'x86_64-linux' with features {}",
        failure(drv).getMessage());
  }

  @Test
  void leavingTheSandboxIsRefused() {
    StorePath drv = shop.draft("a").env("__noChroot", "1").add(_ -> 0);

    assertEquals(
        "derivation '"
            + shop.print(drv)
            + "' has '__noChroot' set, but that's not allowed when 'sandbox' is 'true'",
        failure(drv).getMessage());
  }

  @Test
  void aForgedDerivationIsNotBuilt() throws Exception {
    StorePath honest = shop.draft("a").add(_ -> 0);
    String text = shop.store.read(honest).replace("/bin/sh", "/bin/xx");
    StorePath forged =
        shop.store.addTexts(List.of(new Store.Text("a.drv", text, new TreeSet<>()))).getFirst();

    String message = failure(forged).getMessage();

    assertTrue(message.contains("has incorrect output"), message);
    assertFalse(shop.events.stream().anyMatch(BuildEvent.Started.class::isInstance));
  }

  @Test
  void whatDoesNotExistCannotBeBuilt() {
    StorePath absent = StorePath.parse("z4asv3j07d89ywjf8fxkn7sg6mf5s9q5-dep.drv");
    StorePath drv = shop.draft("a").source(absent).add(_ -> 0);

    assertEquals(
        "cannot build missing derivation '" + shop.print(absent) + "'",
        failure(absent).getMessage());
    assertEquals(
        "path '"
            + shop.print(absent)
            + "' is required, but there is no substituter that can build"
            + " it",
        assertThrows(
                BuildException.class,
                () ->
                    shop.realiser.realise(
                        List.of(new DerivedPath.Opaque(absent)), Workshop.SETTINGS, _ -> {}))
            .getMessage());
    assertTrue(failure(drv).getMessage().contains("does not exist, and substitution is disabled"));
    DerivedPath wrong = new DerivedPath.Built(drv, new TreeSet<>(List.of("x")));
    assertEquals(
        "derivation '" + shop.print(drv) + "' does not have wanted outputs 'x'",
        assertThrows(BuildException.class, () -> shop.plan(wrong)).getMessage());
  }

  /** With one place, as Nix's {@code build.sh} has it: what a wrong hash stops has not begun. */
  @RepeatedTest(50)
  void afterAWrongHashNothingElseBegins() {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes("what was promised"));
    List<String> runs = Collections.synchronizedList(new ArrayList<>());
    StorePath[] drvs = new StorePath[20];
    for (int i = 0; i < drvs.length; i++) {
      String name = "x%02d".formatted(i);
      drvs[i] =
          shop.draft(name)
              .output(
                  "out", new DerivationOutput.Fixed(new ContentAddress(IngestionMethod.FLAT, hash)))
              .add(
                  run -> {
                    runs.add(name);
                    run.write("out", "what came");
                    return 0;
                  });
    }
    BuildException e =
        assertThrows(BuildException.class, () -> shop.realise(TestSettings.jobs(1), drvs));

    assertEquals(102, e.exitStatus());
    assertEquals(List.of("x00"), runs);
  }
}
