package org.buildchain.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.daemon.server.NextProgram;

/** A caller that nobody is: what is said to it is lost. */
final class Nobody implements Caller {
  private final Invocation invocation;
  private final BooleanSupplier cancelled;

  /**
   * @param program the name by which bc would have been called
   * @param cancelled whether its command is not wanted any more
   */
  Nobody(String program, List<String> args, BooleanSupplier cancelled) {
    this.invocation = new Invocation(program, args, "/", Map.of(), false, false, false, 0);
    this.cancelled = cancelled;
  }

  @Override
  public Invocation invocation() {
    return invocation;
  }

  @Override
  public OutputStream out() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public OutputStream err() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public InputStream in() {
    return InputStream.nullInputStream();
  }

  @Override
  public int columns() {
    return 0;
  }

  @Override
  public void terminalKeys(boolean keys) {
    // There is no terminal.
  }

  @Override
  public void become(NextProgram next) {
    // There is no client that could.
  }

  @Override
  public int run(NextProgram program) throws IOException {
    throw new IOException("there is no client that could run a program");
  }

  @Override
  public boolean cancelled() {
    return cancelled.getAsBoolean();
  }
}
