package org.buildchain.daemon.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** A client whose command runs. */
public interface Caller {
  /** What it asks for. */
  Invocation invocation();

  /** Its standard output. Writes never fail: once the client is gone they go nowhere. */
  OutputStream out();

  /** Its standard error, with the same promise. */
  OutputStream err();

  /** Its standard input, asked for at the first read; empty once the client is gone. */
  InputStream in();

  /** The width of its terminal now; 0 if unknown. */
  int columns();

  /**
   * Switches its terminal, if its standard input is one, to hand on each key at once and unseen,
   * Ctrl-C among them, or back. When the command ends it is as it was.
   */
  void terminalKeys(boolean keys);

  /**
   * Has the client go on as another program when the command has ended, whose exit status then is
   * not sent. Only a client called as {@code nix-shell} does so.
   */
  void become(NextProgram next);

  /**
   * Has the client run a program in its terminal, and waits for its end. Only a client called as
   * {@code bc repl} does so.
   *
   * @param program with an empty name for the client itself, by the name that the arguments begin
   *     with
   * @return the exit status; 128 and more where a signal has ended it
   * @throws java.io.IOException if the client has gone away
   */
  int run(NextProgram program) throws IOException;

  /**
   * All that was said so far, should the command end well now; empty if it has not just written
   * output, or if too much of it.
   */
  default Optional<Transcript> transcript() {
    return Optional.empty();
  }

  /**
   * Whether it has asked to stop or has gone away. The command's thread is interrupted when that
   * happens.
   */
  boolean cancelled();
}
