package org.buildchain.diff.compare;

import java.util.List;
import org.buildchain.diff.layout.Bytes;

/** How files begin that are not read in structure, but known not to be, or to be, what runs. */
final class Magic {
  /** Classes of Java, WebAssembly, of macOS and Windows, LLVM's bitcode. */
  private static final List<String> PROGRAMS =
      List.of(
          "\u00ca\u00fe\u00ba\u00be",
          "\0asm",
          "\u00cf\u00fa\u00ed\u00fe",
          "\u00ce\u00fa\u00ed\u00fe",
          "MZ",
          "BC\u00c0\u00de");

  /** Pictures, fonts, documents without programs, catalogs of messages, compiled terminals. */
  private static final List<String> DATA =
      List.of(
          "GIF8",
          "\u00ff\u00d8\u00ff",
          "\0\1\0\0\0",
          "OTTO",
          "wOFF",
          "wOF2",
          "%PDF-",
          "\u00de\u0012\u0004\u0095",
          "\u0095\u0004\u0012\u00de",
          "SQLite format 3\0");

  private Magic() {}

  /** Whether it is a program in a form that is not read. */
  static boolean isProgram(Bytes file) {
    return PROGRAMS.stream().anyMatch(m -> file.has(0, m));
  }

  /** Whether programs read it, and none runs it. */
  static boolean isData(Bytes file) {
    return DATA.stream().anyMatch(m -> file.has(0, m));
  }
}
