package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.io.OutputStream;

/** The counterpart of {@link FramedInput}. To close it writes the frame that ends it. */
public final class FramedOutput extends OutputStream {
  private static final int FRAME = 1 << 16;

  private final WireWriter to;
  private final byte[] buffer = new byte[FRAME];
  private int held;

  /** Sends frames of at most 64 KiB. */
  public FramedOutput(WireWriter to) {
    this.to = to;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int at, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int n = Math.min(length - done, FRAME - held);
      System.arraycopy(from, at + done, buffer, held, n);
      held += n;
      done += n;
      if (held == FRAME) {
        send();
      }
    }
  }

  private void send() throws IOException {
    if (held > 0) {
      to.number(held);
      to.raw().write(buffer, 0, held);
      held = 0;
    }
  }

  @Override
  public void close() throws IOException {
    send();
    to.number(0);
  }
}
