package org.buildchain.store.nar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.buildchain.store.format.Octets;

/**
 * The framing of a NAR, piece by piece: whoever walks a tree calls these in order and passes the
 * bytes of files in between. Source: Nix manual, "Nix Archive (NAR) format".
 */
public final class NarWriter {
  /** Takes the archive's bytes, which are reused after. */
  @FunctionalInterface
  public interface Sink {
    /** Takes {@code length} bytes of {@code data} from {@code offset}. */
    void write(byte[] data, int offset, int length);
  }

  private static final byte[] MAGIC = token("nix-archive-1");
  private static final byte[] CLOSE = token(")");
  private static final byte[] REGULAR = tokens("(", "type", "regular");
  private static final byte[] EXECUTABLE = tokens("executable", "");
  private static final byte[] CONTENTS = token("contents");
  private static final byte[] SYMLINK = tokens("(", "type", "symlink", "target");
  private static final byte[] DIRECTORY = tokens("(", "type", "directory");
  private static final byte[] ENTRY = tokens("entry", "(", "name");
  private static final byte[] NODE = token("node");
  private static final byte[] PADDING = new byte[8];

  private final Sink sink;
  private final boolean silent;
  private long written;

  /** Writes a NAR to {@code sink}, which may not change the arrays that it is handed. */
  public NarWriter(Sink sink) {
    this(sink, false);
  }

  private NarWriter(Sink sink, boolean silent) {
    this.sink = sink;
    this.silent = silent;
  }

  /** One that writes nothing, for a tree whose NAR is there. */
  public static NarWriter silent() {
    return new NarWriter((data, offset, length) -> {}, true);
  }

  /** How many bytes were written. */
  public long written() {
    return written;
  }

  /** Begins the archive. */
  public void begin() {
    put(MAGIC);
  }

  /** Begins a regular file; exactly {@code size} bytes through {@link #content} must follow. */
  public void beginFile(boolean executable, long size) {
    put(REGULAR);
    if (executable) {
      put(EXECUTABLE);
    }
    put(CONTENTS);
    number(size);
  }

  /** Bytes of the file. */
  public void content(byte[] data, int offset, int length) {
    if (!silent) {
      written += length;
      sink.write(data, offset, length);
    }
  }

  /** Counts bytes of the file that are not wanted: the sink does not get them. */
  public void skip(long length) {
    written += length;
  }

  /** Ends the file. */
  public void endFile(long size) {
    pad(size);
    put(CLOSE);
  }

  /** A symbolic link. */
  public void symlink(String target) {
    put(SYMLINK);
    text(target);
    put(CLOSE);
  }

  /** Begins a folder; its entries must follow in ascending order. */
  public void beginDirectory() {
    put(DIRECTORY);
  }

  /** Begins an entry; its node must follow. */
  public void beginEntry(String name) {
    put(ENTRY);
    text(name);
    put(NODE);
  }

  /** Ends an entry. */
  public void endEntry() {
    put(CLOSE);
  }

  /** Ends a folder. */
  public void endDirectory() {
    put(CLOSE);
  }

  private void text(String octets) {
    if (silent) {
      return;
    }
    byte[] bytes = Octets.bytes(octets);
    number(bytes.length);
    put(bytes);
    pad(bytes.length);
  }

  private void number(long value) {
    if (!silent) {
      put(littleEndian(value));
    }
  }

  private void pad(long length) {
    content(PADDING, 0, (int) (-length & 7));
  }

  private void put(byte[] bytes) {
    content(bytes, 0, bytes.length);
  }

  private static byte[] littleEndian(long value) {
    byte[] out = new byte[8];
    for (int i = 0; i < 8; i++) {
      out[i] = (byte) (value >>> (8 * i));
    }
    return out;
  }

  private static byte[] tokens(String... texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String text : texts) {
      out.writeBytes(token(text));
    }
    return out.toByteArray();
  }

  private static byte[] token(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[8 + (bytes.length + 7) / 8 * 8];
    System.arraycopy(littleEndian(bytes.length), 0, out, 0, 8);
    System.arraycopy(bytes, 0, out, 8, bytes.length);
    return out;
  }
}
