package org.buildchain.substituter.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.store.format.FormatException;

/** What is kept in a file until it has come whole: never more than there is room for. */
final class Spool {
  private static final int BUFFER = 1 << 16;

  private Spool() {}

  /** How many bytes may be added where a folder is: half of what is free, for others want some. */
  static long room(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() / 2;
  }

  /**
   * Copies a stream to its end, and gives its length.
   *
   * @throws FormatException as soon as it is longer than {@code most} bytes
   */
  static long copy(String what, InputStream in, OutputStream out, long most) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long length = 0;
    for (int n; (n = in.read(buffer)) >= 0; ) {
      length += n;
      if (length > most) {
        throw new FormatException(what, "is longer than " + most + " bytes");
      }
      out.write(buffer, 0, n);
    }
    return length;
  }
}
