package org.buildchain.substituter.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** Writes the protocol's values; the counterpart of {@link WireReader}. */
final class WireWriter {
  private static final byte[] ZEROS = new byte[8];

  private final OutputStream out;
  private final StoreDir dir;

  WireWriter(OutputStream out, StoreDir dir) {
    this.out = out;
    this.dir = dir;
  }

  /** The folder of paths. */
  StoreDir dir() {
    return dir;
  }

  /** Takes bytes that are sent as they are. */
  OutputStream raw() {
    return out;
  }

  void flush() throws IOException {
    out.flush();
  }

  WireWriter number(long value) throws IOException {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    out.write(bytes);
    return this;
  }

  WireWriter flag(boolean value) throws IOException {
    return number(value ? 1 : 0);
  }

  WireWriter text(String octets) throws IOException {
    byte[] bytes = Octets.bytes(octets);
    number(bytes.length);
    out.write(bytes);
    out.write(ZEROS, 0, -bytes.length & 7);
    return this;
  }

  WireWriter texts(Collection<String> texts) throws IOException {
    number(texts.size());
    for (String text : texts) {
      text(text);
    }
    return this;
  }

  WireWriter map(Map<String, String> map) throws IOException {
    number(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      text(entry.getKey()).text(entry.getValue());
    }
    return this;
  }

  WireWriter path(StorePath path) throws IOException {
    return text(dir.print(path));
  }

  /** A path, or an empty string. */
  WireWriter path(Optional<StorePath> path) throws IOException {
    return text(path.map(dir::print).orElse(""));
  }

  WireWriter paths(Collection<StorePath> paths) throws IOException {
    number(paths.size());
    for (StorePath path : paths) {
      path(path);
    }
    return this;
  }
}
