package org.buildchain.sandbox;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the control groups of a process stand in the file system: cgroups(7) and {@code
 * /proc/pid/mountinfo} of proc(5).
 *
 * @param controllers the process's group in the hierarchy of each controller of version 1
 * @param unified the process's group of version 2
 */
record CgroupMounts(Map<String, Path> controllers, Optional<Unified> unified) {

  /**
   * A place in the hierarchy of version 2.
   *
   * @param mount where the hierarchy is mounted
   * @param group the process's group, {@code mount} or below
   */
  record Unified(Path mount, Path group) {}

  CgroupMounts {
    controllers = Map.copyOf(controllers);
  }

  Optional<Path> controller(String name) {
    return Optional.ofNullable(controllers.get(name));
  }

  /**
   * Reads.
   *
   * @param mountinfo the text of {@code /proc/self/mountinfo}
   * @param cgroup the text of {@code /proc/self/cgroup}
   */
  static CgroupMounts parse(String mountinfo, String cgroup) {
    Map<String, String> groups = new HashMap<>();
    for (String line : cgroup.split("\n")) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        for (String controller : fields[1].split(",")) {
          groups.put(controller, fields[2]);
        }
      }
    }
    Map<String, Path> controllers = new HashMap<>();
    Optional<Unified> unified = Optional.empty();
    for (String line : mountinfo.split("\n")) {
      // id parent device root mount-point options tags... - type source super-options
      int dash = line.indexOf(" - ");
      String[] before = line.substring(0, Math.max(dash, 0)).split(" ");
      String[] after = line.substring(dash + 3).split(" ");
      if (dash < 0 || before.length < 6 || after.length < 3) {
        continue;
      }
      Path mount = Path.of(before[4]);
      if (after[0].equals("cgroup2")) {
        unified = place(mount, before[3], groups.get("")).map(g -> new Unified(mount, g));
      } else if (after[0].equals("cgroup")) {
        for (String option : after[2].split(",")) {
          if (List.of("memory", "pids", "cpu").contains(option)) {
            place(mount, before[3], groups.get(option))
                .ifPresent(group -> controllers.put(option, group));
          }
        }
      }
    }
    return new CgroupMounts(controllers, unified);
  }

  /** A group as a folder, where the mount shows {@code root} and what is below. */
  private static Optional<Path> place(Path mount, String root, String group) {
    if (group == null || root.contains("..") || group.contains("..")) {
      return Optional.empty();
    }
    if (root.equals("/")) {
      return Optional.of(mount.resolve(group.substring(1)));
    }
    return Path.of(group).startsWith(root)
        ? Optional.of(mount.resolve(Path.of(root).relativize(Path.of(group))).normalize())
        : Optional.empty();
  }
}
