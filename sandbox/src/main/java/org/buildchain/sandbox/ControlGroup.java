package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.buildchain.derivation.site.BuildJob;

/**
 * The control group of one build: with version 1 a folder in each hierarchy.
 *
 * @param version 1 or 2
 * @param folders that of memory first
 */
record ControlGroup(int version, List<Path> folders) {
  /** Microseconds in which the processors' time is shared out, the kernel's own choice. */
  private static final long PERIOD = 100_000;

  /**
   * Sets the limits. Nothing is swapped out: a disk full of memory slows the machine for all. When
   * memory is full the kernel kills the largest process, not all of the group ({@code
   * memory.oom.group}): the helper, who has to tell how the build ended, is one of them.
   */
  void limit(BuildJob.Resources resources) throws IOException {
    String processes = resources.processes() == 0 ? "max" : Long.toString(resources.processes());
    write("pids.max", processes);
    long quota = resources.milliCpus() * PERIOD / 1000;
    if (version == 2) {
      write("memory.max", resources.memoryBytes() == 0 ? "max" : "" + resources.memoryBytes());
      if (resources.memoryBytes() != 0) {
        write("memory.swap.max", "0");
      }
      if (quota != 0) {
        write("cpu.max", quota + " " + PERIOD);
      }
      return;
    }
    if (resources.memoryBytes() != 0) {
      write("memory.limit_in_bytes", Long.toString(resources.memoryBytes()));
      write("memory.memsw.limit_in_bytes", Long.toString(resources.memoryBytes()));
    }
    if (quota != 0) {
      write("cpu.cfs_period_us", Long.toString(PERIOD));
      write("cpu.cfs_quota_us", Long.toString(quota));
    }
  }

  /** Writes where the file is; a kernel without swap or without the controller lacks some. */
  private void write(String name, String value) throws IOException {
    Optional<Path> file = file(name);
    if (file.isPresent()) {
      Files.writeString(file.get(), value, StandardOpenOption.WRITE);
    }
  }

  private Optional<Path> file(String name) {
    return folders.stream().map(f -> f.resolve(name)).filter(Files::exists).findFirst();
  }

  /** Whether the kernel has killed something in it because its memory was full. */
  boolean wasFull() throws IOException {
    Optional<Path> events = file(version == 2 ? "memory.events" : "memory.oom_control");
    return events.isPresent()
        && Files.readAllLines(events.get()).stream()
            .anyMatch(l -> l.startsWith("oom_kill ") && !l.equals("oom_kill 0"));
  }

  /** Removes it. Nothing may be running in it. */
  void remove() throws IOException {
    for (Path folder : folders) {
      Files.deleteIfExists(folder);
    }
  }
}
