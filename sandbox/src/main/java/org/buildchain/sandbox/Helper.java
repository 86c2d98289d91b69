package org.buildchain.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process of {@code bc-sandbox} that waits for its configuration, in a control group of its own
 * where that is wanted.
 *
 * @param process the process
 * @param group its group
 */
record Helper(Process process, Optional<ControlGroup> group) {

  /** Starts one. It enters its group while the caller does something else. */
  static Helper start(Path program, Optional<ControlGroups> groups) throws IOException {
    Optional<ControlGroup> group = Optional.empty();
    if (groups.isPresent()) {
      group = Optional.of(groups.get().make());
    }
    try {
      ProcessBuilder builder = new ProcessBuilder(program.toString());
      builder.environment().clear();
      Process process = builder.start();
      if (group.isPresent()) {
        try {
          SandboxConfig.writeGroup(process.getOutputStream(), group.get());
        } catch (IOException e) {
          // It has ended; why is on its standard error.
        }
      }
      return new Helper(process, group);
    } catch (IOException e) {
      if (group.isPresent()) {
        group.get().remove();
      }
      throw e;
    }
  }

  /**
   * Ends it with all that it started, and removes its group. Closing its input makes it kill the
   * builder first.
   */
  void end() throws InterruptedException {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
    process.waitFor();
  }

  /** Removes the group of a process that has ended. */
  void removeGroup() throws IOException {
    if (group.isPresent()) {
      group.get().remove();
    }
  }
}
