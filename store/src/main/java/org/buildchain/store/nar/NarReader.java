package org.buildchain.store.nar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * Takes a NAR apart while it streams in. Accepts what {@link NarWriter} writes and nothing else: a
 * tree has one NAR, so that anything that reads two ways is refused. Memory is bounded whatever
 * comes. Source: Nix manual, "Nix Archive (NAR) format".
 */
public final class NarReader {
  /** Folders may be nested so deep: a path has 4095 bytes, two for each name at least. */
  public static final int MAX_DEPTH = 2048;

  private static final int MAX_NAME = 255;
  private static final int MAX_TARGET = 4095;
  private static final int MAX_TOKEN = 32;
  private static final int BUFFER = 1 << 16;

  /** Is told what the archive holds, in its order. */
  public interface Handler {
    /** A regular file begins; {@code size} bytes and {@link #endFile} follow. */
    void beginFile(boolean executable, long size) throws IOException;

    /** Bytes of the file, which are reused after. */
    void content(byte[] data, int offset, int length) throws IOException;

    /** The file ends. */
    void endFile() throws IOException;

    /** A symbolic link; the target has 1 to 4095 bytes and no NUL. */
    void symlink(String target) throws IOException;

    /** A folder begins; its entries follow in ascending order of their names. */
    void beginDirectory() throws IOException;

    /**
     * An entry begins; its node and {@link #endEntry} follow.
     *
     * @param name of 1 to 255 bytes without {@code /} and NUL, neither {@code .} nor {@code ..}
     */
    void beginEntry(String name) throws IOException;

    /** The entry ends. */
    void endEntry() throws IOException;

    /** The folder ends. */
    void endDirectory() throws IOException;
  }

  private final String what;
  private final InputStream in;
  private final Handler handler;
  private final byte[] buffer = new byte[BUFFER];
  private long offset;

  private NarReader(String what, InputStream in, Handler handler) {
    this.what = what;
    this.in = in;
    this.handler = handler;
  }

  /**
   * Reads one archive and not a byte more.
   *
   * @param what names the archive in errors
   * @param in best buffered; it is not closed
   * @return the archive's length in bytes
   * @throws FormatException where it is none, or ends early; the handler may have been told a part
   */
  public static long read(String what, InputStream in, Handler handler) throws IOException {
    NarReader r = new NarReader(what, in, handler);
    try {
      r.expect("nix-archive-1");
      r.nodes();
    } catch (EOFException e) {
      throw r.bad("ends too early");
    }
    return r.offset;
  }

  /** The nodes, without recursion: whoever nests them chooses how deep. */
  private void nodes() throws IOException {
    // The last entry's name of each folder around this place.
    Deque<String> last = new ArrayDeque<>();
    do {
      if (beginsDirectory()) {
        if (last.size() == MAX_DEPTH) {
          throw bad("folders are nested more than " + MAX_DEPTH + " deep");
        }
        handler.beginDirectory();
        last.push("");
      } else {
        ended(last);
      }
      while (!last.isEmpty() && !beginsEntry(last)) {
        handler.endDirectory();
        last.pop();
        ended(last);
      }
    } while (!last.isEmpty());
  }

  /** After a node: the entry that it stands in, if it does. */
  private void ended(Deque<String> around) throws IOException {
    if (!around.isEmpty()) {
      handler.endEntry();
      expect(")");
    }
  }

  /** A node, unless it is a folder: then its beginning. */
  private boolean beginsDirectory() throws IOException {
    expect("(");
    expect("type");
    switch (token()) {
      case "regular" -> file();
      case "symlink" -> {
        expect("target");
        String target = text("a link's target", MAX_TARGET);
        handler.symlink(target);
        expect(")");
      }
      case "directory" -> {
        return true;
      }
      case String other -> throw bad("expected a type, not '" + other + "'");
    }
    return false;
  }

  private void file() throws IOException {
    String token = token();
    boolean executable = token.equals("executable");
    if (executable) {
      expect("");
      token = token();
    }
    if (!token.equals("contents")) {
      throw bad("expected 'contents', not '" + token + "'");
    }
    long size = number();
    if (size < 0) {
      throw bad("a file can't be longer than 2^63 - 1 bytes");
    }
    handler.beginFile(executable, size);
    for (long left = size; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException();
      }
      offset += n;
      left -= n;
      handler.content(buffer, 0, n);
    }
    padding(size);
    handler.endFile();
    expect(")");
  }

  /** The beginning of an entry; false for the end of the folder. */
  private boolean beginsEntry(Deque<String> last) throws IOException {
    String token = token();
    if (token.equals(")")) {
      return false;
    }
    if (!token.equals("entry")) {
      throw bad("expected 'entry' or ')', not '" + token + "'");
    }
    expect("(");
    expect("name");
    String name = name();
    if (name.compareTo(last.pop()) <= 0) {
      throw bad("the entry '" + name + "' must come before the one above it");
    }
    last.push(name);
    expect("node");
    handler.beginEntry(name);
    return true;
  }

  private String name() throws IOException {
    String name = text("a name", MAX_NAME);
    if (name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw bad("'" + name + "' can't be a file's name");
    }
    return name;
  }

  /** A text of 1 to {@code most} bytes without a NUL. */
  private String text(String meaning, int most) throws IOException {
    long length = number();
    if (length < 1 || length > most) {
      throw bad(
          meaning + " must have 1 to " + most + " bytes, not " + Long.toUnsignedString(length));
    }
    String text = bytes((int) length);
    if (text.indexOf('\0') >= 0) {
      throw bad(meaning + " holds a NUL");
    }
    return text;
  }

  private void expect(String wanted) throws IOException {
    String found = token();
    if (!found.equals(wanted)) {
      throw bad("expected '" + wanted + "', not '" + found + "'");
    }
  }

  private String token() throws IOException {
    long length = number();
    if (length < 0 || length > MAX_TOKEN) {
      throw bad("expected a word, not " + Long.toUnsignedString(length) + " bytes");
    }
    return bytes((int) length);
  }

  private String bytes(int length) throws IOException {
    fill(length);
    String text = Octets.of(Arrays.copyOf(buffer, length));
    padding(length);
    return text;
  }

  private long number() throws IOException {
    fill(8);
    long n = 0;
    for (int i = 7; i >= 0; i--) {
      n = n << 8 | buffer[i] & 0xff;
    }
    return n;
  }

  private void padding(long length) throws IOException {
    int n = (int) (-length & 7);
    fill(n);
    for (int i = 0; i < n; i++) {
      if (buffer[i] != 0) {
        throw bad("padding must be zero");
      }
    }
  }

  private void fill(int length) throws IOException {
    int n = in.readNBytes(buffer, 0, length);
    offset += n;
    if (n < length) {
      throw new EOFException();
    }
  }

  private FormatException bad(String problem) {
    return new FormatException(what, offset, problem);
  }
}
