package org.buildchain.store.nar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
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
  private static final int BUFFER = 1 << 12;

  private final String what;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private long offset;

  /**
   * @param what names the archive in errors
   */
  NarTokens(String what, InputStream in) {
    this.what = what;
    this.in = in;
  }

  /** How many bytes were read. */
  long offset() {
    return offset;
  }

  /** Bytes of a file, at least one of them. */
  int content(byte[] into, int at, int length) throws IOException {
    int n = in.read(into, at, length);
    if (n < 0) {
      throw new EOFException();
    }
    offset += n;
    return n;
  }

  /** A node's beginning; gives its type. */
  String type() throws IOException {
    expect("(");
    expect("type");
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
    String token = token();
    boolean executable = token.equals("executable");
    if (executable) {
      expect("");
      token = token();
    }
    if (!token.equals("contents")) {
      throw bad("expected 'contents', not '" + token + "'");
    }
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
    expect("target");
    String target = text("a link's target", MAX_TARGET);
    expect(")");
    return target;
  }

  /** Whether another entry of a folder follows, and not the folder's end. */
  boolean entry() throws IOException {
    String token = token();
    if (token.equals(")")) {
      return false;
    }
    if (!token.equals("entry")) {
      throw bad("expected 'entry' or ')', not '" + token + "'");
    }
    return true;
  }

  /** What follows {@code entry}: a name that may stand behind {@code last}. */
  String name(String last) throws IOException {
    expect("(");
    expect("name");
    String name = name();
    if (name.compareTo(last) <= 0) {
      throw bad("the entry '" + name + "' must come before the one above it");
    }
    expect("node");
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

  void expect(String wanted) throws IOException {
    String found = token();
    if (!found.equals(wanted)) {
      throw bad("expected '" + wanted + "', not '" + found + "'");
    }
  }

  String token() throws IOException {
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

  void padding(long length) throws IOException {
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

  FormatException bad(String problem) {
    return new FormatException(what, offset, problem);
  }

  FormatException early() {
    return bad("ends too early");
  }
}
