package org.buildchain.daemon.repl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.daemon.server.NextProgram;

/** A caller whose evaluation can be stopped without the command. */
final class InterruptibleCaller implements Caller {
  private final Caller caller;
  private final Thread evaluating = Thread.currentThread();
  private volatile boolean interrupted;

  /** For what is evaluated on the calling thread. */
  InterruptibleCaller(Caller caller) {
    this.caller = caller;
  }

  /** Stops what is evaluated or built now. */
  void interrupt() {
    interrupted = true;
    evaluating.interrupt();
  }

  /** Forgets an interrupt; whether there was one. */
  boolean resume() {
    boolean was = interrupted;
    interrupted = false;
    if (!caller.cancelled()) {
      Thread.interrupted();
    }
    return was;
  }

  @Override
  public Invocation invocation() {
    return caller.invocation();
  }

  @Override
  public OutputStream out() {
    return caller.out();
  }

  @Override
  public OutputStream err() {
    return caller.err();
  }

  @Override
  public InputStream in() {
    return caller.in();
  }

  @Override
  public int columns() {
    return caller.columns();
  }

  @Override
  public void terminalKeys(boolean keys) {
    caller.terminalKeys(keys);
  }

  @Override
  public void become(NextProgram next) {
    caller.become(next);
  }

  @Override
  public int run(NextProgram program) throws IOException {
    return caller.run(program);
  }

  @Override
  public boolean cancelled() {
    return interrupted || caller.cancelled();
  }
}
