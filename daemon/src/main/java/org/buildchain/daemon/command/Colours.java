package org.buildchain.daemon.command;

import org.buildchain.daemon.server.Invocation;

/** Whether a caller's standard error shows colours. */
final class Colours {
  private Colours() {}

  /** By the conventions of {@code NO_COLOR} (no-color.org), {@code CLICOLOR_FORCE} and TERM. */
  static boolean wanted(Invocation invocation) {
    var env = invocation.env();
    if (!env.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    if (env.containsKey("CLICOLOR_FORCE")) {
      return true;
    }
    return invocation.stderrIsTerminal() && !env.getOrDefault("TERM", "dumb").equals("dumb");
  }
}
