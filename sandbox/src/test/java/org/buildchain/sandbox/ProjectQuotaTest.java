package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.derivation.site.BuildExit.Exited;
import org.buildchain.derivation.site.BuildExit.LimitExceeded;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.BuildJob.Groups;
import org.buildchain.derivation.site.BuildJob.Resources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk is bounded by the file system itself where that has project quotas: an ext4 in a file,
 * mounted with them. Skipped, with the reason, for who may not mount, and by kernels without loop
 * devices or without quotas.
 */
@Timeout(60)
class ProjectQuotaTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private Path disk;
  private Jobs jobs;

  @BeforeEach
  void mount() throws Exception {
    Path image = folder.resolve("image");
    disk = Files.createDirectory(folder.resolve("disk"));
    shell(
        "truncate -s 64M '"
            + image
            + "' && PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q -O quota,project -E"
            + " quotatype=prjquota '"
            + image
            + "'");
    Optional<String> problem = trial("mount -o loop,prjquota '" + image + "' '" + disk + "' 2>&1");
    if (problem.isPresent()) {
      abort("no file system with project quotas can be mounted here: " + problem.get());
    }
    jobs = new Jobs(Files.createDirectory(disk.resolve("jobs")));
    limit(4 * MIB);
  }

  @AfterEach
  void unmount() throws Exception {
    trial("umount '" + disk + "' 2>&1");
  }

  private static void shell(String script) throws Exception {
    assertEquals(Optional.empty(), trial(script + " 2>&1"));
  }

  /** What a script that fails says. */
  private static Optional<String> trial(String script) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-c", script).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? Optional.empty() : Optional.of(said.strip());
  }

  private void limit(long bytes) {
    jobs.limits =
        new BuildJob.Limits(0, 0, 0, new Resources(Groups.NEVER, 0, 0, 0, 0, bytes, "50%"));
  }

  @Test
  void isInForce() {
    try (SandboxBuilder builder =
        new SandboxBuilder(Path.of(System.getProperty("bc.native"), "bc-sandbox"))) {
      assertEquals(Optional.empty(), builder.whyNoQuota(disk));
      assertEquals(
          Optional.of("the disk is not mounted with them"), builder.whyNoQuota(Path.of("/proc")));
    }
  }

  /** Not a tenth of a second's worth more, and told as where the disk is watched. */
  @Test
  void notAByteMoreIsWritten() throws Exception {
    for (String place : new String[] {"/build", "/tmp", "/nix/store"}) {
      jobs = new Jobs(Files.createTempDirectory(disk, "jobs"));
      limit(4 * MIB);
      assertEquals(
          new LimitExceeded(
              "killed after writing more to disk than build-disk-max admits (4194304 bytes)"),
          jobs.run("cd " + place + "; exec head -c 20000000 /dev/zero > file"));
      assertTrue(jobs.log().contains("quota exceeded"), jobs.log());
    }
  }

  /** The sum over all folders counts, and files that only have no name any more. */
  @Test
  void whatIsRemovedAndHeldOpenCounts() throws Exception {
    assertEquals(
        new Exited(7),
        jobs.run(
            "head -c 1500000 /dev/zero > /tmp/a; head -c 1500000 /dev/zero > /nix/store/b;"
                + " exec 5> c; rm c; head -c 3000000 /dev/zero >&5 || { rm /tmp/a; exit 7; }"));
    assertTrue(jobs.log().contains("quota exceeded"), jobs.log());
  }

  /** What was written before the run is the builder's too, and may be moved about. */
  @Test
  void filesOfTheDaemonCanBeMoved() throws Exception {
    Files.writeString(jobs.build.resolve(".attrs.json"), "{}");
    Files.createDirectory(jobs.build.resolve("top"));
    Files.writeString(jobs.build.resolve("top/below"), "x");
    assertEquals(
        new Exited(0),
        jobs.run(
            "mkdir new; ln .attrs.json new/linked && mv top new/top && cat new/linked new/*/below"),
        jobs.log());
    assertEquals("{}x", jobs.log());
  }

  /** The limit ends with the build, and the next has one of its own. */
  @Test
  void theNextBuildHasItsOwn() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertEquals(
          new Exited(0), jobs.run("head -c 3000000 /dev/zero > /nix/store/" + i), jobs.log());
      Files.write(jobs.output.resolve("more"), new byte[6 << 20]);
      jobs = new Jobs(Files.createTempDirectory(disk, "jobs"));
      limit(4 * MIB);
    }
  }

  /** A folder that somebody has bounded stays so. */
  @Test
  void projectsOfOthersStay() throws Exception {
    shell("chattr -p 77 +P '" + jobs.output + "'");
    assertEquals(
        new LimitExceeded(
            "killed after writing more to disk than build-disk-max admits (4194304 bytes)"),
        jobs.run("head -c 8000000 /dev/zero > /nix/store/file; sleep 30"));
    shell("lsattr -dp '" + jobs.output + "' | grep -q '^ *77 '");
  }

  /** A builder can neither leave its project nor end what hands it down. */
  @Test
  void aBuilderCannotLeave() throws Exception {
    assertEquals(
        new Exited(0),
        jobs.run(
            "PATH=$PATH:/usr/sbin; echo > f; chattr -p 0 f && exit 1; chattr -P . && exit 2;"
                + " chattr -p 5 . && exit 3; exit 0"),
        jobs.log());
  }
}
