package org.buildchain.daemon.command;

import org.buildchain.daemon.server.Invocation;

/** Whether a caller's standard error shows colours. */
public final class Colours {
  private Colours() {}

  /** By the conventions of {@code NO_COLOR} (no-color.org), {@code CLICOLOR_FORCE} and TERM. */
  public static boolean wanted(Invocation invocation) {
    return wanted(invocation, invocation.stderrIsTerminal());
  }

  /** The same for standard output. */
  public static boolean wantedOnOutput(Invocation invocation) {
    return wanted(invocation, invocation.stdoutIsTerminal());
  }

  private static boolean wanted(Invocation invocation, boolean terminal) {
    var env = invocation.env();
    if (!env.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    if (env.containsKey("CLICOLOR_FORCE")) {
      return true;
    }
    return terminal && !env.getOrDefault("TERM", "dumb").equals("dumb");
  }
}
