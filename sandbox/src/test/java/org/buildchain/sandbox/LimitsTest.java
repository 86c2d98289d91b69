package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit.Exited;
import org.buildchain.derivation.site.BuildExit.LimitExceeded;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.BuildJob.Groups;
import org.buildchain.derivation.site.BuildJob.Resources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What bounds a builder, on any machine: with control groups where there are some, and process by
 * process. Each builder succeeds without the limit, so that it is the limit that stops it.
 */
@Timeout(60)
class LimitsTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private Jobs jobs;

  @BeforeEach
  void prepare() throws IOException {
    jobs = new Jobs(folder);
  }

  private void assertOnlyTheLimitStops(Resources resources, String script) throws Exception {
    jobs.limits = new BuildJob.Limits(0, 0, 0, Resources.NONE);
    assertEquals(new Exited(0), jobs.run(script), jobs.log());
    jobs.limits = new BuildJob.Limits(0, 0, 0, resources);
    assertNotEquals(new Exited(0), jobs.run(script), jobs.log());
  }

  /** A job with hardly any limit still runs, and is in the groups that it is given. */
  @Test
  void whatIsAskedForIsAllowed() throws Exception {
    jobs.limits =
        new BuildJob.Limits(
            0,
            0,
            0,
            new Resources(Groups.WHERE_POSSIBLE, 200 * MIB, 200 * MIB, 50, 1500, 50 * MIB, "16m"));
    assertEquals(
        new Exited(0), jobs.run("df -m --output=size /dev/shm | tail -1 | tr -d ' '; ulimit -c"));
    assertEquals("16\n0\n", jobs.log());
  }

  @Test
  void memoryIsBoundedProcessByProcess() throws Exception {
    assertOnlyTheLimitStops(
        new Resources(Groups.NEVER, 0, 64 * MIB, 0, 0, 0, "50%"),
        "exec perl -e '$x = \"x\" x (128 << 20)'");
  }

  /** Without control groups the kernel counts them for the user namespace. */
  @Test
  void processesAreBounded() throws Exception {
    assertOnlyTheLimitStops(
        new Resources(Groups.NEVER, 0, 0, 20, 0, 0, "50%"),
        "exec perl -e 'for (1..25) { $p = fork; exit 1 unless defined $p; sleep 9, exit unless $p"
            + " }'");
  }

  @Test
  void memoryOfSharedFilesIsBounded() throws Exception {
    assertOnlyTheLimitStops(
        new Resources(Groups.NEVER, 0, 0, 0, 0, 0, "1m"),
        "head -c 2000000 /dev/zero > /dev/shm/file");
  }

  @Test
  void theDiskIsBoundedWhereverTheBuilderWrites() throws Exception {
    Resources limit = new Resources(Groups.NEVER, 0, 0, 0, 0, 4 * MIB, "50%");
    for (String place : new String[] {"/build", "/tmp", "/nix/store"}) {
      String script =
          "cd "
              + place
              + "; for i in 1 2 3 4 5 6; do head -c 1000000 /dev/urandom > $i || exit 1; done";
      jobs = new Jobs(Files.createTempDirectory(folder, "jobs"));
      assertOnlyTheLimitStops(limit, script);
      assertEquals(
          new LimitExceeded(
              "killed after writing more to disk than build-disk-max admits (4194304 bytes)"),
          jobs.run(script));
    }
  }

  /** It takes no room, but whoever reads it reads its whole length. */
  @Test
  void noFileIsLongerThanTheDisk() throws Exception {
    assertNotEquals(new Exited(0), jobs.run("truncate -s 15T file"));
    assertEquals(new Exited(0), jobs.run("truncate -s 1M file"), jobs.log());
  }

  @Test
  void groupsThatAreDemandedAreThereOrTheBuildFails() throws Exception {
    jobs.limits =
        new BuildJob.Limits(0, 0, 0, new Resources(Groups.ALWAYS, 64 * MIB, 0, 0, 0, 0, "50%"));
    String script = "exec perl -e '$x = \"x\" x (128 << 20)'";
    if (ControlGroups.ofThisProcess().isEmpty()) {
      String message = assertThrows(BuildException.class, () -> jobs.run(script)).getMessage();
      assertTrue(message.contains("no control groups"), message);
    } else {
      assertNotEquals(new Exited(0), jobs.run(script));
      assertTrue(jobs.log().contains("the build's memory was full"), jobs.log());
    }
  }
}
