package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written where, in folders that stand for the kernel's. Names and values by hand from
 * Documentation/admin-guide/cgroup-v2.rst, and cgroup-v1/memory.rst, pids.rst and
 * scheduler/sched-bwc.rst of Linux.
 */
class ControlGroupsTest {
  /** 1 GiB, 100 processes, one processor and a half. */
  private static final BuildJob.Resources LIMITS =
      new BuildJob.Resources(BuildJob.Groups.ALWAYS, 1L << 30, 0, 100, 1500, 0, "50%");

  private static final BuildJob.Resources NONE =
      new BuildJob.Resources(BuildJob.Groups.ALWAYS, 0, 0, 0, 0, 0, "50%");

  @TempDir private Path root;

  private Path made(Path parent) throws IOException {
    try (Stream<Path> groups = Files.list(parent)) {
      return groups.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }

  private static void files(Path group, String... names) throws IOException {
    for (String name : names) {
      Files.createFile(group.resolve(name));
    }
  }

  private static Map<String, String> content(Path group) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.list(group)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        content.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return content;
  }

  private ControlGroup two() throws IOException {
    ControlGroup group = new ControlGroups(2, root, root, Optional.of(root)).make();
    files(made(root), "cpu.max", "memory.max", "memory.oom.group", "memory.swap.max", "pids.max");
    return group;
  }

  @Test
  void versionTwoHasOneFolder() throws IOException {
    two().limit(LIMITS);
    assertEquals(
        Map.of(
            "cpu.max", "150000 100000",
            "memory.max", "1073741824",
            "memory.oom.group", "",
            "memory.swap.max", "0",
            "pids.max", "100"),
        content(made(root)));
  }

  @Test
  void versionTwoWithoutLimits() throws IOException {
    two().limit(NONE);
    assertEquals(
        Map.of(
            "cpu.max", "",
            "memory.max", "max",
            "memory.oom.group", "",
            "memory.swap.max", "",
            "pids.max", "max"),
        content(made(root)));
  }

  /** Where swap is not accounted for there is no such file. */
  @Test
  void whatTheKernelLacksIsLeftOut() throws IOException {
    ControlGroup group = new ControlGroups(2, root, root, Optional.empty()).make();
    files(made(root), "memory.max", "pids.max");
    group.limit(LIMITS);
    assertEquals(Map.of("memory.max", "1073741824", "pids.max", "100"), content(made(root)));
  }

  @Test
  void versionOneHasAFolderInEachHierarchy() throws IOException {
    Path memory = Files.createDirectory(root.resolve("memory"));
    Path pids = Files.createDirectory(root.resolve("pids"));
    Path cpu = Files.createDirectory(root.resolve("cpu"));
    ControlGroup group = new ControlGroups(1, memory, pids, Optional.of(cpu)).make();
    files(made(memory), "memory.limit_in_bytes", "memory.memsw.limit_in_bytes");
    files(made(pids), "pids.max");
    files(made(cpu), "cpu.cfs_period_us", "cpu.cfs_quota_us");
    group.limit(LIMITS);
    assertEquals(
        Map.of("memory.limit_in_bytes", "1073741824", "memory.memsw.limit_in_bytes", "1073741824"),
        content(made(memory)));
    assertEquals(Map.of("pids.max", "100"), content(made(pids)));
    assertEquals(
        Map.of("cpu.cfs_period_us", "100000", "cpu.cfs_quota_us", "150000"), content(made(cpu)));
  }

  @Test
  void aKillForMemoryIsSeen() throws IOException {
    ControlGroup group = two();
    Path events = made(root).resolve("memory.events");
    Files.writeString(events, "low 0\nhigh 0\nmax 31\noom 1\noom_kill 0\noom_group_kill 0\n");
    assertFalse(group.wasFull());
    Files.writeString(events, "low 0\nhigh 0\nmax 31\noom 1\noom_kill 2\noom_group_kill 1\n");
    assertTrue(group.wasFull());
  }

  @Test
  void groupsOfProgramsThatHaveEndedGo() throws IOException {
    Path foreign = Files.createDirectory(root.resolve("somebody-else"));
    ProcessHandle self = ProcessHandle.current();
    Path living = Files.createDirectory(root.resolve("bc-build-" + self.pid() + "-7"));
    // No process has a number above 2^22 (PID_MAX_LIMIT).
    Path abandoned = Files.createDirectory(root.resolve("bc-build-4194305-0"));
    new ControlGroups(2, root, root, Optional.empty()).removeAbandoned();
    assertTrue(Files.exists(foreign));
    assertTrue(Files.exists(living));
    assertFalse(Files.exists(abandoned));
  }

  @Test
  void peopleAreToldWhichVersionAndWhere() {
    Path place = Path.of("/sys/fs/cgroup/bc.slice");
    assertEquals(
        "control groups of version 2 bound memory, processes and processors"
            + " (/sys/fs/cgroup/bc.slice)",
        new ControlGroups(2, place, place, Optional.of(place)).describe());
  }
}
