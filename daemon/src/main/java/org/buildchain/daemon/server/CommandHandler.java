package org.buildchain.daemon.server;

/** Runs a client's command. Several may run at once. */
@FunctionalInterface
public interface CommandHandler {
  /** Ends the daemon, after it has cancelled all that runs; the client waits for the end. */
  int STOP = -1;

  /**
   * Runs the command on a thread of its own.
   *
   * @return the exit status, 0 to 255, or {@link #STOP}
   */
  int run(Caller caller);
}
