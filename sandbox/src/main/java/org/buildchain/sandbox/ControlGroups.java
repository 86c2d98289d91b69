package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Where this process can make control groups, and how. With version 2 that is a place above it
 * whose children may have memory and processes counted, since a group with processes of its own
 * can't have such children; with version 1, its own group in each of the hierarchies. Source:
 * Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of Linux.
 *
 * @param version 1 or 2
 * @param memory the folder in which a group counts memory
 * @param pids the folder in which it counts processes; with version 2 the same
 * @param cpu the folder in which it shares processors, where that is possible
 */
record ControlGroups(int version, Path memory, Path pids, Optional<Path> cpu) {
  private static final String PREFIX = "bc-build-";

  /** What this process can use; empty if nothing is delegated to it. */
  static Optional<ControlGroups> ofThisProcess() {
    try {
      return in(
          CgroupMounts.parse(
              Files.readString(Path.of("/proc/self/mountinfo")),
              Files.readString(Path.of("/proc/self/cgroup"))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<ControlGroups> in(CgroupMounts mounts) {
    Optional<Path> memory = mounts.controller("memory").filter(Files::isWritable);
    Optional<Path> pids = mounts.controller("pids").filter(Files::isWritable);
    if (memory.isPresent() && pids.isPresent()) {
      return Optional.of(
          new ControlGroups(
              1, memory.get(), pids.get(), mounts.controller("cpu").filter(Files::isWritable)));
    }
    return mounts.unified().flatMap(ControlGroups::unified);
  }

  private static Optional<ControlGroups> unified(CgroupMounts.Unified unified) {
    for (Path group = unified.group(); ; group = group.getParent()) {
      // A process moves by the right to write this file of a group above both places.
      if (Files.isWritable(group) && Files.isWritable(group.resolve("cgroup.procs"))) {
        List<String> enabled = enabled(group);
        if (enabled.contains("memory") && enabled.contains("pids")) {
          Optional<Path> cpu = enabled.contains("cpu") ? Optional.of(group) : Optional.empty();
          return Optional.of(new ControlGroups(2, group, group, cpu));
        }
      }
      if (group.equals(unified.mount())) {
        return Optional.empty();
      }
    }
  }

  /** What a group's children count, after trying to have them count what is needed. */
  private static List<String> enabled(Path group) {
    for (String controller : List.of("+memory", "+pids", "+cpu")) {
      try {
        Files.writeString(
            group.resolve("cgroup.subtree_control"), controller, StandardOpenOption.WRITE);
      } catch (IOException e) {
        // It has processes of its own, or lacks the controller itself.
      }
    }
    try {
      return List.of(
          Files.readString(group.resolve("cgroup.subtree_control")).strip().split("\\s+"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** A new, empty group. */
  ControlGroup make() throws IOException {
    // A killed process that had the same number may have left groups.
    long unique = ThreadLocalRandom.current().nextLong();
    String name = PREFIX + ProcessHandle.current().pid() + "-" + Long.toHexString(unique);
    List<Path> folders = new ArrayList<>();
    try {
      for (Path parent : parents()) {
        folders.add(Files.createDirectory(parent.resolve(name)));
      }
    } catch (IOException e) {
      for (Path folder : folders) {
        Files.delete(folder);
      }
      throw e;
    }
    return new ControlGroup(version, List.copyOf(folders));
  }

  /** Removes the groups of processes of this program that were killed. */
  void removeAbandoned() {
    for (Path parent : parents()) {
      try (Stream<Path> groups = Files.list(parent)) {
        for (Path group : (Iterable<Path>) groups::iterator) {
          if (isAbandoned(group.getFileName().toString())) {
            Files.delete(group);
          }
        }
      } catch (NoSuchFileException | DirectoryNotEmptyException e) {
        // Somebody else has removed it, or something is left in it after all.
      } catch (IOException e) {
        // It does no harm.
      }
    }
  }

  private static boolean isAbandoned(String name) {
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    String pid = name.substring(PREFIX.length()).split("-")[0];
    return pid.chars().allMatch(Character::isDigit)
        && !pid.isEmpty()
        && pid.length() < 12
        && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
  }

  private List<Path> parents() {
    return Stream.concat(Stream.of(memory, pids), cpu.stream()).distinct().toList();
  }

  /** For people: {@code "version 1: memory, pids, cpu"}. */
  String describe() {
    return "control groups of version "
        + version
        + " bound memory, processes"
        + (cpu.isPresent() ? " and processors" : "")
        + " ("
        + memory
        + ")";
  }
}
