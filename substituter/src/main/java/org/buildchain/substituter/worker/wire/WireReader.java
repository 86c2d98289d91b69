package org.buildchain.substituter.worker.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Reads the protocol's values. What comes is anybody's: every length has a limit, and memory is
 * taken as the bytes come, never on the word of a length. Source: {@code src/libutil/serialise.cc},
 * {@code src/libstore/common-protocol.cc} of Nix 2.26.
 */
public final class WireReader {
  /** Bytes of a text: an environment variable, a derivation, a setting. */
  public static final int MAX_TEXT = 64 << 20;

  /** Items of a list, a set or a map. */
  public static final int MAX_ITEMS = 1 << 20;

  /** Bytes of all texts of one request together, what a list costs for each item included. */
  static final long MAX_REQUEST = 256L << 20;

  /** What an object costs beside its bytes. */
  private static final int OVERHEAD = 64;

  /** Bytes of a store path with its folder. */
  private static final int MAX_PATH = 4096;

  private static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final StoreDir dir;
  private long left = MAX_REQUEST;

  /**
   * Reads from {@code in}, which stays the caller's to close.
   *
   * @param dir the folder in which store paths are expected
   */
  public WireReader(InputStream in, StoreDir dir) {
    this.in = in;
    this.dir = dir;
  }

  /** The bytes that follow, as they are. */
  public InputStream raw() {
    return in;
  }

  /** A request begins: what earlier ones held counts no more. */
  public void begin() {
    left = MAX_REQUEST;
  }

  private void hold(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new FormatException("request", "holds more than " + MAX_REQUEST + " bytes");
    }
  }

  /** The next number, or empty where the stream ends before its first byte. */
  public Optional<Long> next() throws IOException {
    begin();
    int first = in.read();
    return first < 0 ? Optional.empty() : Optional.of(number(first));
  }

  /** A number of 64 bits. */
  public long number() throws IOException {
    return number(octet());
  }

  private long number(int first) throws IOException {
    long value = first;
    for (int i = 1; i < 8; i++) {
      value |= (long) octet() << (8 * i);
    }
    return value;
  }

  private int octet() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("unexpected end-of-file");
    }
    return b;
  }

  /** A number from 0 to {@code most}. */
  public int number(String what, int most) throws IOException {
    long value = number();
    if (value < 0 || value > most) {
      throw new FormatException(
          what, "expected at most " + most + ", not " + Long.toUnsignedString(value));
    }
    return (int) value;
  }

  /** Whether a number is other than 0. */
  public boolean flag() throws IOException {
    return number() != 0;
  }

  /** An octet string of at most {@link #MAX_TEXT} bytes. */
  public String text() throws IOException {
    return text(MAX_TEXT);
  }

  /** An octet string. */
  public String text(int most) throws IOException {
    int length = number("length of a string", most);
    hold(length + OVERHEAD);
    byte[] bytes = bytes(length);
    for (int i = length % 8; i != 0 && i < 8; i++) {
      if (octet() != 0) {
        throw new FormatException("padding of a string", "expected zeros");
      }
    }
    return Octets.of(bytes);
  }

  private byte[] bytes(int length) throws IOException {
    if (length <= CHUNK) {
      return exactly(length);
    }
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream(CHUNK);
    for (int left = length; left > 0; ) {
      byte[] some = exactly(Math.min(CHUNK, left));
      all.writeBytes(some);
      left -= some.length;
    }
    return all.toByteArray();
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("unexpected end-of-file");
    }
    return bytes;
  }

  /** A list of octet strings. */
  public List<String> texts() throws IOException {
    int count = number("number of strings", MAX_ITEMS);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(text());
    }
    return texts;
  }

  /** A map of octet strings; of a key that comes twice the first counts, as with Nix. */
  public SortedMap<String, String> map() throws IOException {
    int count = number("number of entries", MAX_ITEMS);
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      map.putIfAbsent(text(), text());
    }
    return map;
  }

  /** A store path. */
  public StorePath path() throws IOException {
    return parse(text(MAX_PATH));
  }

  /** A store path, or empty for an empty string. */
  public Optional<StorePath> optionalPath() throws IOException {
    String text = text(MAX_PATH);
    return text.isEmpty() ? Optional.empty() : Optional.of(parse(text));
  }

  /** A set of store paths. */
  public SortedSet<StorePath> paths() throws IOException {
    int count = number("number of paths", MAX_ITEMS);
    SortedSet<StorePath> paths = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      paths.add(path());
    }
    return paths;
  }

  private StorePath parse(String text) {
    return StorePaths.parse(dir, text);
  }
}
