package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.buildchain.sandbox.CgroupMounts.Unified;
import org.junit.jupiter.api.Test;

/** Expected values by hand from cgroups(7) and proc(5). */
class CgroupMountsTest {
  @Test
  void versionTwoAsSystemdMountsIt() {
    CgroupMounts mounts =
        CgroupMounts.parse(
            """
            24 30 0:22 / /proc rw,nosuid - proc proc rw
            31 24 0:27 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2 rw,nsdelegate
            """,
            "0::/user.slice/user-0.slice/session-3.scope\n");
    Path root = Path.of("/sys/fs/cgroup");
    assertEquals(
        new CgroupMounts(
            Map.of(),
            Optional.of(
                new Unified(root, root.resolve("user.slice/user-0.slice/session-3.scope")))),
        mounts);
  }

  @Test
  void versionOneHasAHierarchyForEachController() {
    CgroupMounts mounts =
        CgroupMounts.parse(
            """
            35 32 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            36 32 0:31 /docker/1234 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            37 32 0:32 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            38 32 0:33 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
            """,
            """
            12:cpu,cpuacct:/a
            11:memory:/docker/1234/b
            10:pids:/
            1:name=systemd:/a
            """);
    assertEquals(
        new CgroupMounts(
            Map.of(
                "cpu", Path.of("/sys/fs/cgroup/cpu,cpuacct/a"),
                "memory", Path.of("/sys/fs/cgroup/memory/b"),
                "pids", Path.of("/sys/fs/cgroup/pids")),
            Optional.empty()),
        mounts);
  }

  @Test
  void aGroupOutsideOfWhatIsMountedIsNone() {
    CgroupMounts mounts =
        CgroupMounts.parse(
            """
            31 24 0:27 /../../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            36 32 0:31 /docker/1234 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            """,
            "11:memory:/docker/other\n0::/../x\n");
    assertEquals(new CgroupMounts(Map.of(), Optional.empty()), mounts);
  }
}
