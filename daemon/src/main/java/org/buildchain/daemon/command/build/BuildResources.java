package org.buildchain.daemon.command.build;

import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.store.format.FormatException;

/** What the settings let a build take of this machine. */
final class BuildResources {
  /** More processes at once than any build needs; a machine has some hundred. */
  private static final long MOST_PROCESSES = 16384;

  private BuildResources() {}

  /**
   * @param disk a folder on the disk on which builds run
   * @throws FormatException if a setting is not of its type
   */
  static BuildJob.Resources of(Settings settings, Path disk) {
    boolean chosen = !settings.text("build-memory-max").equals("auto");
    long memory = chosen ? settings.number("build-memory-max") : tenths(9, memory());
    return new BuildJob.Resources(
        groups(settings.text("use-cgroups")),
        memory,
        chosen ? memory : 0,
        settings.text("build-pids-max").equals("auto")
            ? Math.min(MOST_PROCESSES, processes() / 2)
            : settings.number("build-pids-max"),
        milliCpus(settings.text("build-cpu-max")),
        settings.text("build-disk-max").equals("auto")
            ? tenths(9, free(disk))
            : settings.number("build-disk-max"),
        shmSize(settings.text("sandbox-dev-shm-size")));
  }

  private static BuildJob.Groups groups(String value) {
    return switch (value) {
      case "auto" -> BuildJob.Groups.WHERE_POSSIBLE;
      case "true" -> BuildJob.Groups.ALWAYS;
      case "false" -> BuildJob.Groups.NEVER;
      default -> throw expected("use-cgroups", "'auto', 'true' or 'false'", value);
    };
  }

  private static long milliCpus(String value) {
    if (!value.matches("[0-9]{1,5}(\\.[0-9]{1,3})?")) {
      throw expected("build-cpu-max", "a number such as '2' or '0.5'", value);
    }
    return new BigDecimal(value).movePointRight(3).longValueExact();
  }

  /** Checked here, since the kernel's own error would come with each build. */
  private static String shmSize(String value) {
    if (!value.matches("[0-9]{1,15}[kKmMgG%]?")) {
      throw expected("sandbox-dev-shm-size", "a size such as '50%' or '512m'", value);
    }
    return value;
  }

  private static FormatException expected(String setting, String what, String value) {
    return new FormatException(
        "setting '" + setting + "'", "expected " + what + ", not '" + value + "'");
  }

  private static long tenths(int count, long of) {
    return of / 10 * count;
  }

  /** Bytes of the machine's memory: {@code MemTotal} of proc(5); 0 if it is not told. */
  private static long memory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // No limit is better than a wrong one.
    }
    return 0;
  }

  /** Such a file gives what it holds to the first read alone, so that has to be a large one. */
  private static long processes() {
    try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/kernel/pid_max"))) {
      return Long.parseLong(file.readLine().strip());
    } catch (IOException e) {
      return 2 * MOST_PROCESSES;
    }
  }

  private static long free(Path disk) {
    try {
      return Files.getFileStore(disk).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }
}
