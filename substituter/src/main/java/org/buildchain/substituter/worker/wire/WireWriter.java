package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** Writes the protocol's values; the counterpart of {@link WireReader}. */
public final class WireWriter {
  private static final byte[] ZEROS = new byte[8];

  private final OutputStream out;
  private final StoreDir dir;

  /**
   * Writes to {@code out}, which stays the caller's to close and, where it keeps bytes back, to
   * flush.
   *
   * @param dir the folder that store paths are printed with
   */
  public WireWriter(OutputStream out, StoreDir dir) {
    this.out = out;
    this.dir = dir;
  }

  /** The folder of paths. */
  public StoreDir dir() {
    return dir;
  }

  /** Takes bytes that are sent as they are. */
  public OutputStream raw() {
    return out;
  }

  /** Lets the other side have what was written. */
  public void flush() throws IOException {
    out.flush();
  }

  /** A number of 64 bits, the lowest byte first. */
  public WireWriter number(long value) throws IOException {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    out.write(bytes);
    return this;
  }

  /** 1 or 0. */
  public WireWriter flag(boolean value) throws IOException {
    return number(value ? 1 : 0);
  }

  /** An octet string: its length, its bytes, zeros up to a multiple of eight. */
  public WireWriter text(String octets) throws IOException {
    byte[] bytes = Octets.bytes(octets);
    number(bytes.length);
    out.write(bytes);
    out.write(ZEROS, 0, -bytes.length & 7);
    return this;
  }

  /** Octet strings behind their number, in the order given. */
  public WireWriter texts(Collection<String> texts) throws IOException {
    number(texts.size());
    for (String text : texts) {
      text(text);
    }
    return this;
  }

  /** Keys with values behind their number, all octet strings. */
  public WireWriter map(Map<String, String> map) throws IOException {
    number(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      text(entry.getKey()).text(entry.getValue());
    }
    return this;
  }

  /** A store path with its folder. */
  public WireWriter path(StorePath path) throws IOException {
    return text(dir.print(path));
  }

  /** A path, or an empty string. */
  public WireWriter path(Optional<StorePath> path) throws IOException {
    return text(path.map(dir::print).orElse(""));
  }

  /** Store paths behind their number, in the order given. */
  public WireWriter paths(Collection<StorePath> paths) throws IOException {
    number(paths.size());
    for (StorePath path : paths) {
      path(path);
    }
    return this;
  }
}
