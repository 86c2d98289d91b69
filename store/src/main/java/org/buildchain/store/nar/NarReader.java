package org.buildchain.store.nar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.buildchain.store.format.FormatException;

/**
 * Takes a NAR apart while it streams in. Accepts what {@link NarWriter} writes and nothing else: a
 * tree has one NAR, so that anything that reads two ways is refused. Memory is bounded whatever
 * comes. Source: Nix manual, "Nix Archive (NAR) format".
 */
public final class NarReader {
  /** Folders may be nested so deep: a path has 4095 bytes, two for each name at least. */
  public static final int MAX_DEPTH = 2048;

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

  private final NarTokens in;
  private final Handler handler;
  private final byte[] buffer = new byte[BUFFER];

  private NarReader(NarTokens in, Handler handler) {
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
    NarReader r = new NarReader(new NarTokens(what, in), handler);
    try {
      r.in.magic();
      r.nodes();
    } catch (EOFException e) {
      throw r.in.early();
    }
    return r.in.offset();
  }

  /** The nodes, without recursion: whoever nests them chooses how deep. */
  private void nodes() throws IOException {
    // The last entry's name of each folder around this place.
    Deque<String> last = new ArrayDeque<>();
    do {
      if (beginsDirectory()) {
        if (last.size() == MAX_DEPTH) {
          throw in.tooDeep();
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
      in.close();
    }
  }

  /** A node, unless it is a folder: then its beginning. */
  private boolean beginsDirectory() throws IOException {
    switch (in.type()) {
      case "regular" -> file();
      case "symlink" -> handler.symlink(in.target());
      case "directory" -> {
        return true;
      }
      case String other -> throw in.noType(other);
    }
    return false;
  }

  private void file() throws IOException {
    boolean executable = in.executable();
    long size = in.size();
    handler.beginFile(executable, size);
    for (long left = size; left > 0; ) {
      int n = in.content(buffer, 0, (int) Math.min(left, buffer.length));
      left -= n;
      handler.content(buffer, 0, n);
    }
    in.padding(size);
    handler.endFile();
    in.close();
  }

  /** The beginning of an entry; false for the end of the folder. */
  private boolean beginsEntry(Deque<String> last) throws IOException {
    if (!in.entry()) {
      return false;
    }
    last.push(in.name(last.pop()));
    handler.beginEntry(last.peek());
    return true;
  }
}
