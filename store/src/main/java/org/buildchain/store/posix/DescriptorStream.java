package org.buildchain.store.posix;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads a file descriptor and closes it at the end. For the thread that made it only. */
final class DescriptorStream extends InputStream {
  private static final int BUFFER = 1 << 16;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = CFunction.state(arena);
  private final MemorySegment buffer = arena.allocate(BUFFER);
  private final int fd;
  private final String path;
  private boolean closed;

  DescriptorStream(int fd, String path) {
    this.fd = fd;
    this.path = path;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    long n = Posix.read(state, fd, buffer, Math.min(length, BUFFER), path);
    if (n == 0) {
      return -1;
    }
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, offset, (int) n);
    return (int) n;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      arena.close();
      Posix.close(fd);
    }
  }
}
