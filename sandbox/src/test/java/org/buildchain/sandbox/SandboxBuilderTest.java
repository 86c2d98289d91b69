package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildExit.Exited;
import org.buildchain.derivation.site.BuildExit.Killed;
import org.buildchain.derivation.site.BuildExit.LimitExceeded;
import org.buildchain.derivation.site.BuildJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a builder meets, and how a run ends. Expected values are those of Nix's Linux sandbox. */
@Timeout(60)
class SandboxBuilderTest {
  @TempDir Path folder;
  private Jobs jobs;

  @BeforeEach
  void prepare() throws IOException {
    jobs = new Jobs(folder);
  }

  @Test
  void nothingIsMissingOnThisMachine() {
    Path helper = Path.of(System.getProperty("bc.native"), "bc-sandbox");
    assertEquals(Optional.empty(), new SandboxBuilder(helper).probe());
  }

  @Test
  void statusLogAndOutputComeBack() throws Exception {
    BuildExit exit =
        jobs.run("echo to stdout; echo to stderr >&2; echo made > /nix/store/out; exit 7");
    assertEquals(new Exited(7), exit);
    assertEquals("to stdout\nto stderr\n", jobs.log());
    assertEquals("made\n", Files.readString(jobs.output.resolve("out")));
    assertEquals(Set.of("out"), names(jobs.output));
  }

  @Test
  void theSurroundingsAreThoseOfNix() throws Exception {
    jobs.env.put("NAME", "a value = with \u00ff bytes");
    assertEquals(
        new Exited(0),
        jobs.run(
            """
            echo "$0 $$ $(id -u):$(id -g) $(umask) $(hostname) $(pwd)"
            env | grep -a NAME
            cat /etc/passwd /etc/group /etc/hosts
            ls /dev | tr '\\n' ' '
            cat </dev/stdin | wc -c
            ulimit -c
            """));
    assertEquals(
        """
        sh 1 1000:100 0022 localhost /build
        NAME=a value = with \u00ff bytes
        root:x:0:0:Nix build user:/build:/noshell
        nixbld:x:1000:100:Nix build user:/build:/noshell
        nobody:x:65534:65534:Nobody:/:/noshell
        root:x:0:
        nixbld:!:100:
        nogroup:x:65534:
        127.0.0.1 localhost
        ::1 localhost
        fd full null ptmx pts random shm stderr stdin stdout tty urandom zero 0
        0
        """,
        jobs.log());
  }

  @Test
  void theEnvironmentIsTheJobsAlone() throws Exception {
    jobs.env.clear();
    jobs.env.put("ONLY", "this");
    jobs.builder = "/usr/bin/env";
    jobs.args = List.of();
    assertEquals(new Exited(0), jobs.run());
    assertEquals("ONLY=this\n", jobs.log());
  }

  @Test
  void inputsAreSeenReadOnlyAndLeaveNoTrace() throws Exception {
    Files.createDirectories(jobs.inputs.resolve("in-folder/sub"));
    Files.writeString(jobs.inputs.resolve("in-folder/sub/file"), "deep");
    Files.writeString(jobs.inputs.resolve("in-file"), "flat");
    Files.createSymbolicLink(jobs.inputs.resolve("in-link"), Path.of("in-file"));
    Files.writeString(jobs.inputs.resolve("not-given"), "hidden");
    jobs.inputNames.addAll(Set.of("in-folder", "in-file", "in-link"));

    BuildExit exit =
        jobs.run(
            """
            cd /nix/store
            cat in-folder/sub/file in-file in-link; echo; ls
            touch in-folder/new 2>/dev/null && echo wrote in folder
            echo x 2>/dev/null >in-file && echo wrote file
            rm -rf in-folder in-file 2>/dev/null && echo removed
            touch out
            """);
    assertEquals(new Exited(0), exit);
    assertEquals("deepflatflat\nin-file\nin-folder\nin-link\n", jobs.log());
    assertEquals(Set.of("out"), names(jobs.output));
    assertEquals("flat", Files.readString(jobs.inputs.resolve("in-file")));
  }

  /** What inputs were mounted over serves other inputs of the same kind, and holds nothing. */
  @Test
  void mountPointsServeFurtherBuilds() throws Exception {
    Path places = folder.resolve("places");
    jobs.places = Optional.of(places);
    Set<Object> first = Set.of();
    for (String name : List.of("one", "two")) {
      Files.createDirectory(jobs.inputs.resolve(name + "-folder"));
      Files.writeString(jobs.inputs.resolve(name + "-folder/file"), "in " + name);
      Files.writeString(jobs.inputs.resolve(name + "-file"), "text of " + name);
      Files.createSymbolicLink(jobs.inputs.resolve(name + "-link"), Path.of(name + "-file"));
      jobs.inputNames.clear();
      jobs.inputNames.addAll(Set.of(name + "-folder", name + "-file", name + "-link"));
      assertEquals(
          new Exited(0),
          jobs.run(
              """
              exec 2>/dev/null
              cd /nix/store; ls | tr '\n' ' '; cat *-folder/file *-file *-link
              rm -rf *-folder *-file; for file in *-file; do echo x >$file; done; touch *-folder/x
              mv -T *-folder moved; chmod 777 *; echo made > out
              """));
      assertTrue(
          jobs.log()
              .startsWith(
                  "NAME-file NAME-folder NAME-link in NAMEtext of NAMEtext of NAME"
                      .replace("NAME", name)),
          jobs.log());
      assertEquals(Set.of("out"), names(jobs.output));
      Files.delete(jobs.output.resolve("out"));
      Set<Object> kept = new HashSet<>();
      for (String place : names(places)) {
        Path path = places.resolve(place);
        kept.add(Files.getAttribute(path, "unix:ino"));
        boolean empty = Files.isDirectory(path) ? names(path).isEmpty() : Files.size(path) == 0;
        assertTrue(empty, place);
      }
      assertEquals(2, kept.size());
      assertTrue(first.isEmpty() || first.equals(kept));
      first = kept;
    }
  }

  @Test
  void filesOfTheBuildFolderBelongToTheBuilder() throws Exception {
    Files.writeString(jobs.build.resolve(".attr-0"), "passed");
    assertEquals(
        new Exited(0), jobs.run("cat .attr-0; echo more >> .attr-0; mkdir sub; echo t > /tmp/t"));
    assertEquals("passed", jobs.log());
    assertEquals("passedmore\n", Files.readString(jobs.build.resolve(".attr-0")));
    assertEquals(Set.of("build", "inputs", "output"), names(folder));
  }

  @Test
  void aHostPathMayBeAFileOrALink() throws Exception {
    Path file = Files.writeString(folder.resolve("host file"), "seen");
    Path link = Files.createSymbolicLink(folder.resolve("host link"), file);
    jobs.hostPaths.put(file.toString(), file.toString());
    jobs.hostPaths.put("/elsewhere/link", link.toString());
    assertEquals(
        new Exited(0),
        jobs.run("cat '" + file + "' /elsewhere/link; ! echo x 2>/dev/null >/elsewhere/link"));
    assertEquals("seenseen", jobs.log());
    assertEquals("seen", Files.readString(file));
  }

  @Test
  void aFaultIsASignal() throws Exception {
    assertEquals(new Killed(11), jobs.run("exec perl -e 'unpack(\"p\", pack(\"Q\", 1))'"));
  }

  @Test
  void aMissingBuilderIsTheDerivationsFault() throws Exception {
    jobs.builder = "/nowhere/builder";
    jobs.args = List.of();
    assertEquals(new Exited(1), jobs.run());
    assertEquals("error: executing '/nowhere/builder': No such file or directory\n", jobs.log());
  }

  @Test
  void aMissingInputOrHostPathIsNamed() {
    jobs.inputNames.add("absent");
    BuildException e = assertThrows(BuildException.class, () -> jobs.run("true"));
    assertTrue(e.getMessage().contains("inputs/absent: No such file"), e.getMessage());
    jobs.inputNames.clear();
    jobs.hostPaths.put("/x", "/no/such/path");
    e = assertThrows(BuildException.class, () -> jobs.run("true"));
    assertTrue(e.getMessage().contains("/no/such/path"), e.getMessage());
  }

  @Test
  void timeIsBounded() throws Exception {
    jobs.limits = new BuildJob.Limits(1, 0, 0);
    assertEquals(
        new LimitExceeded("timed out after 1 seconds"), jobs.run("while :; do echo x; done"));
  }

  @Test
  void silenceIsBounded() throws Exception {
    jobs.limits = new BuildJob.Limits(0, 1, 0);
    assertEquals(
        new LimitExceeded("timed out after 1 seconds of silence"),
        jobs.run("echo begun; exec sleep 1000"));
    assertEquals("begun\n", jobs.log());
  }

  @Test
  void theLogIsBounded() throws Exception {
    jobs.limits = new BuildJob.Limits(0, 0, 100_000);
    assertEquals(
        new LimitExceeded("killed after writing more than 100000 bytes of log output"),
        jobs.run("exec cat /dev/zero"));
    assertTrue(jobs.log().length() <= 100_000);
  }

  @Test
  void nothingThatItStartedOutlivesTheBuilder() throws Exception {
    String marker = "8461" + System.nanoTime();
    assertEquals(new Exited(0), jobs.run("setsid sleep " + marker + " & echo started"));
    assertEquals(List.of(), processes(marker));
  }

  @Test
  void anInterruptKillsTheBuilder() throws Exception {
    String marker = "8462" + System.nanoTime();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Object> outcome = new AtomicReference<>();
    jobs.args = List.of("-c", "sleep " + marker + " & echo begun; wait");
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    outcome.set(jobs.run((buffer, offset, length) -> begun.countDown()));
                  } catch (InterruptedException e) {
                    outcome.set("interrupted");
                  }
                });
    begun.await();
    thread.interrupt();
    thread.join();
    assertEquals("interrupted", outcome.get());
    assertEquals(List.of(), processes(marker));
    assertFalse(Files.exists(jobs.output.resolve("out"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void severalRunAtOnce() throws Exception {
    List<Thread> threads =
        Stream.iterate(0, i -> i + 1)
            .limit(16)
            .map(i -> Thread.ofVirtual().start(() -> runAlone(i)))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < 16; i++) {
      assertEquals(i + "\n", Files.readString(folder.resolve("job" + i + "/output/out")));
    }
  }

  private void runAlone(int i) {
    try {
      Jobs own = new Jobs(Files.createDirectory(folder.resolve("job" + i)));
      own.run("echo " + i + " > /nix/store/out");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  /** The living processes of the host with this word among their arguments. */
  static List<ProcessHandle> processes(String word) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().arguments().map(a -> List.of(a).contains(word)).orElse(false))
        .toList();
  }
}
