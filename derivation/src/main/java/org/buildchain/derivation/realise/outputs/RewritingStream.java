package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.NixBase32;
import org.buildchain.store.path.StorePath;

/** A stream with hash parts replaced by others, also where one is read in two parts. */
final class RewritingStream extends InputStream {
  private static final int HASH = StorePath.HASH_LENGTH;

  private final InputStream in;
  private final Map<String, String> hashes;
  private final byte[] buffer = new byte[1 << 16];

  /** The bytes {@code [at, ready)} are finished, {@code [ready, filled)} may begin a hash. */
  private int at;

  private int ready;
  private int filled;
  private boolean ended;

  RewritingStream(InputStream in, Map<String, String> hashes) {
    this.in = in;
    this.hashes = hashes;
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
    if (at == ready && !fill()) {
      return -1;
    }
    int n = Math.min(length, ready - at);
    System.arraycopy(buffer, at, bytes, offset, n);
    at += n;
    return n;
  }

  private boolean fill() throws IOException {
    System.arraycopy(buffer, at, buffer, 0, filled - at);
    filled -= at;
    at = 0;
    while (!ended && filled < buffer.length) {
      int n = in.read(buffer, filled, buffer.length - filled);
      if (n < 0) {
        ended = true;
      } else {
        filled += n;
      }
    }
    replace(buffer, filled, hashes);
    ready = ended ? filled : filled - HASH + 1;
    return ready > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Replaces in place, from the left. */
  static void replace(byte[] data, int length, Map<String, String> hashes) {
    int i = 0;
    while (i + HASH <= length) {
      int j = i + HASH - 1;
      while (j >= i && NixBase32.isDigit((char) (data[j] & 0xff))) {
        j--;
      }
      if (j >= i) {
        i = j + 1;
        continue;
      }
      String replacement = hashes.get(Octets.of(data, i, HASH));
      if (replacement == null) {
        i++;
      } else {
        System.arraycopy(Octets.bytes(replacement), 0, data, i, HASH);
        i += HASH;
      }
    }
  }
}
