package org.buildchain.substituter.http;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** The bytes to and from a client. A client that gives or takes none for too long is cut off. */
interface Wire extends Closeable {
  /** Some bytes, at least one; −1 when the client sends no more. */
  int read(byte[] into, int at, int length) throws IOException;

  /** Sends all of them. */
  void write(byte[] data, int at, int length) throws IOException;

  /**
   * Sends a part of a file.
   *
   * @param file stays open, also when the client is cut off: others may be reading it
   */
  void send(FileChannel file, long position, long count) throws IOException;

  /** Says that nothing more will be sent. */
  void endOutput() throws IOException;

  /** Closes so that the client sees that something is missing. */
  void abort();

  /** Who the client is. */
  Peer peer() throws IOException;

  /** How many bytes were sent so far, encryption not counted. */
  long sent();
}
