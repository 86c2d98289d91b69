package org.buildchain.store.nar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * The words of a NAR as they stream in, each with a limit; an end that comes too early is an {@link
 * EOFException}, which whoever reads turns into {@link #early}.
 */
final class NarTokens {
  private static final int MAX_NAME = 255;
  private static final int MAX_TARGET = 4095;
  private static final int MAX_TOKEN = 32;
  private static final int LONG = 8;

  /** There is room for a text and its padding. */
  private static final int BUFFER = MAX_TARGET + LONG;

  /** Where more than a word may be read at once. */
  private static final int LARGE_BUFFER = 128 << 10;

  /** A word as it stands in the archive. */
  private enum Word {
    OPEN("("),
    CLOSE(")"),
    TYPE("type"),
    REGULAR("regular"),
    EXECUTABLE("executable"),
    NONE(""),
    CONTENTS("contents"),
    SYMLINK("symlink"),
    TARGET("target"),
    DIRECTORY("directory"),
    ENTRY("entry"),
    NAME("name"),
    NODE("node"),
    MAGIC("nix-archive-1");

    private final String text;
    private final byte[] bytes;

    Word(String text) {
      this.text = text;
      int padded = (text.length() + LONG - 1) / LONG * LONG;
      this.bytes =
          ByteBuffer.allocate(LONG + padded)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(text.length())
              .put(Octets.bytes(text))
              .array();
    }
  }

  private static final List<Word> TYPES = List.of(Word.REGULAR, Word.DIRECTORY, Word.SYMLINK);

  private final String what;
  private final InputStream in;
  private final NarWriter.Sink taken;
  private final byte[] buffer;
  private final ByteBuffer numbers;

  /** What is in the buffer and has not been taken, and where what was taken and not told begins. */
  private int at;

  private int end;
  private int untold;

  /** How much may be read before it is wanted. */
  private long ahead;

  private long offset;

  /**
   * Reads no byte before it is wanted.
   *
   * @param what names the archive in errors
   */
  NarTokens(String what, InputStream in) {
    this(what, in, 0, (data, from, length) -> {});
  }

  /**
   * The same where the archive's length is known.
   *
   * @param ahead so many bytes may be read at once
   * @param taken gets the archive's bytes in order, after they were looked at; {@link #finish}
   *     gives the last
   */
  NarTokens(String what, InputStream in, long ahead, NarWriter.Sink taken) {
    this.what = what;
    this.in = in;
    this.ahead = ahead;
    this.taken = taken;
    this.buffer = new byte[Math.clamp(ahead, BUFFER, LARGE_BUFFER)];
    this.numbers = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes were taken. */
  long offset() {
    return offset;
  }

  /** Gives on all that was taken. */
  void finish() {
    if (at > untold) {
      taken.write(buffer, untold, at - untold);
      untold = at;
    }
  }

  /** What the archive begins with. */
  void magic() throws IOException {
    expect(Word.MAGIC);
  }

  /** What ends a node, or an entry. */
  void close() throws IOException {
    expect(Word.CLOSE);
  }

  /** Bytes of a file, at least one of them. */
  int content(byte[] into, int from, int length) throws IOException {
    if (at == end && ahead > 0 && length < buffer.length / 2) {
      need(1);
    }
    if (at < end) {
      int n = Math.min(length, end - at);
      System.arraycopy(buffer, at, into, from, n);
      skip(n);
      return n;
    }
    finish();
    int n = in.read(into, from, length);
    if (n < 0) {
      throw new EOFException();
    }
    ahead -= n;
    offset += n;
    taken.write(into, from, n);
    return n;
  }

  /** A node's beginning; gives its type. */
  String type() throws IOException {
    expect(Word.OPEN);
    expect(Word.TYPE);
    for (Word type : TYPES) {
      if (isNext(type)) {
        return type.text;
      }
    }
    return token();
  }

  /** For a type that is none. */
  FormatException noType(String type) {
    return bad("expected a type, not '" + type + "'");
  }

  /** For a folder that is one too many. */
  FormatException tooDeep() {
    return bad("folders are nested more than " + NarReader.MAX_DEPTH + " deep");
  }

  /** What is left of a file's header behind its type: whether it is executable. */
  boolean executable() throws IOException {
    boolean executable = isNext(Word.EXECUTABLE);
    if (executable) {
      expect(Word.NONE);
    }
    expect(Word.CONTENTS);
    return executable;
  }

  /** A file's size. */
  long size() throws IOException {
    long size = number();
    if (size < 0) {
      throw bad("a file can't be longer than 2^63 - 1 bytes");
    }
    return size;
  }

  /** What follows a link's type. */
  String target() throws IOException {
    expect(Word.TARGET);
    String target = text("a link's target", MAX_TARGET);
    close();
    return target;
  }

  /** Whether another entry of a folder follows, and not the folder's end. */
  boolean entry() throws IOException {
    if (isNext(Word.ENTRY)) {
      return true;
    }
    if (!isNext(Word.CLOSE)) {
      String found = token();
      throw bad("expected 'entry' or ')', not '" + found + "'");
    }
    return false;
  }

  /** What follows {@code entry}: a name that may stand behind {@code last}. */
  String name(String last) throws IOException {
    expect(Word.OPEN);
    expect(Word.NAME);
    String name = name();
    if (name.compareTo(last) <= 0) {
      throw bad("the entry '" + name + "' must come before the one above it");
    }
    expect(Word.NODE);
    return name;
  }

  private String name() throws IOException {
    String name = text("a name", MAX_NAME);
    if (name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw bad("'" + name + "' can't be a file's name");
    }
    // Nix puts it behind names that differ in case alone where a disk takes them for one, and drops
    // it again: such an entry is one of two files, depending on who reads.
    if (name.contains("~nix~case~hack~")) {
      throw bad("'" + name + "' is another name's stand-in on some systems");
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

  private void expect(Word wanted) throws IOException {
    if (!isNext(wanted)) {
      String found = token();
      throw bad("expected '" + wanted.text + "', not '" + found + "'");
    }
  }

  /** Takes a word if it comes next. */
  private boolean isNext(Word word) throws IOException {
    need(LONG);
    if (numbers.getLong(at) != word.text.length()) {
      return false;
    }
    int length = word.bytes.length;
    need(length);
    if (!Arrays.equals(buffer, at, at + length, word.bytes, 0, length)) {
      return false;
    }
    skip(length);
    return true;
  }

  private String token() throws IOException {
    long length = number();
    if (length < 0 || length > MAX_TOKEN) {
      throw bad("expected a word, not " + Long.toUnsignedString(length) + " bytes");
    }
    return bytes((int) length);
  }

  private String bytes(int length) throws IOException {
    need(length);
    String text = Octets.of(buffer, at, length);
    skip(length);
    padding(length);
    return text;
  }

  private long number() throws IOException {
    need(LONG);
    long number = numbers.getLong(at);
    skip(LONG);
    return number;
  }

  void padding(long length) throws IOException {
    int n = (int) (-length & (LONG - 1));
    need(n);
    int from = at;
    skip(n);
    for (int i = from; i < at; i++) {
      if (buffer[i] != 0) {
        throw bad("padding must be zero");
      }
    }
  }

  private void skip(int length) {
    at += length;
    offset += length;
  }

  /** Reads until so many bytes are in the buffer. */
  private void need(int length) throws IOException {
    if (end - at >= length) {
      return;
    }
    finish();
    System.arraycopy(buffer, at, buffer, 0, end - at);
    end -= at;
    at = 0;
    untold = 0;
    while (end < length) {
      int n = in.read(buffer, end, Math.clamp(ahead, length - end, buffer.length - end));
      if (n < 0) {
        skip(end);
        throw new EOFException();
      }
      end += n;
      ahead -= n;
    }
  }

  FormatException bad(String problem) {
    return new FormatException(what, offset, problem);
  }

  FormatException early() {
    return bad("ends too early");
  }
}
