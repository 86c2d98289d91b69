package org.buildchain.daemon.server;

import java.util.Optional;

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

  /**
   * The reply to a request that needs no command, since the same one has got it before and would
   * get it again: whole frames. Empty if the command must run. Called on any thread.
   *
   * @param request the request's bytes as an octet string
   */
  default Optional<byte[]> known(String request) {
    return Optional.empty();
  }

  /** Called when the client has been told how {@link #run} ended, for what need not keep it. */
  default void ended(Invocation invocation) {}

  /** The thread for one command; not started. */
  default Thread thread(Runnable command) {
    return Thread.ofPlatform().name("bc-command").unstarted(command);
  }
}
