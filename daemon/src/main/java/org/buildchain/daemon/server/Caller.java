package org.buildchain.daemon.server;

import java.io.InputStream;
import java.io.OutputStream;

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
   * Whether it has asked to stop or has gone away. The command's thread is interrupted when that
   * happens.
   */
  boolean cancelled();
}
