package org.buildchain.language.syntax;

import java.util.Arrays;
import java.util.Optional;
import org.buildchain.store.format.Octets;

/** A text that was parsed, with the name that messages show. Immutable. */
public final class Source {
  private enum Kind {
    FILE,
    TEXT,
    INTERNAL
  }

  /** The {@link #internal} path of what defines {@code derivation}. */
  public static final String DERIVATION = "/derivation-internal.nix";

  private final String name;
  private final Kind kind;
  private final String text;
  private volatile int[] lineStarts;

  /**
   * A part of the language that is written in itself, {@code <nix/NAME>} in messages.
   *
   * @param path what its places have for a file: {@code /NAME}
   */
  public static Source internal(String path, String text) {
    return new Source("<nix" + path + ">", Kind.INTERNAL, text);
  }

  private Source(String name, Kind kind, String text) {
    this.name = name;
    this.kind = kind;
    this.text = text;
  }

  /** The content of the file at {@code path}. */
  public static Source file(String path, String text) {
    return new Source(path, Kind.FILE, text);
  }

  /** A text that has no file, called {@code name} in messages ({@code «string»}). */
  public static Source text(String name, String text) {
    return new Source(name, Kind.TEXT, text);
  }

  /** The path of the file, or the name in guillemets, as an octet string. */
  public String name() {
    return name;
  }

  /** Whether this came from a file. */
  public boolean isFile() {
    return kind == Kind.FILE;
  }

  /** What its places have for a file; none for a text. */
  public Optional<String> path() {
    return switch (kind) {
      case FILE -> Optional.of(name);
      case INTERNAL -> Optional.of(name.substring("<nix".length(), name.length() - 1));
      case TEXT -> Optional.empty();
    };
  }

  /** Whether {@code derivation} is defined here: selecting from its results leaves no trace. */
  public boolean isDerivation() {
    return kind == Kind.INTERNAL && path().filter(DERIVATION::equals).isPresent();
  }

  /** The whole text, an octet string. */
  public String text() {
    return text;
  }

  /** The line of an offset, from 1. A line ends with LF, CR LF or CR. */
  public int line(int offset) {
    int i = Arrays.binarySearch(starts(), offset);
    return i >= 0 ? i + 1 : -i - 1;
  }

  /** The column of an offset in bytes, from 1. */
  public int column(int offset) {
    return offset - starts()[line(offset) - 1] + 1;
  }

  /** The text of a line without its end; empty if there is no such line. */
  public String lineText(int line) {
    int[] s = starts();
    if (line < 1 || line > s.length) {
      return "";
    }
    int end = line < s.length ? s[line] : text.length();
    int start = s[line - 1];
    while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return text.substring(start, end);
  }

  /** The number of lines. */
  public int lines() {
    return starts().length;
  }

  private int[] starts() {
    int[] s = lineStarts;
    if (s == null) {
      byte[] bytes = Octets.bytes(text);
      int n = 1;
      int[] found = new int[bytes.length / 32 + 16];
      for (int i = 0; i < bytes.length; i++) {
        byte c = bytes[i];
        if (c == '\n' || (c == '\r' && !(i + 1 < bytes.length && bytes[i + 1] == '\n'))) {
          if (n == found.length) {
            found = Arrays.copyOf(found, n * 2);
          }
          found[n++] = i + 1;
        }
      }
      s = Arrays.copyOf(found, n);
      lineStarts = s;
    }
    return s;
  }
}
