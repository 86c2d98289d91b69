package org.buildchain.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Expected values: Nix 2.26.3, {@code nix-instantiate --eval -E 'builtins.trace "…" 1'}, standard
 * error into a file, and into a terminal (by {@code script}) where colours stay; without {@code
 * trace: }. A bell as an operating system command's end is xterm's (ctlseqs, "Operating System
 * Commands"), which Nix does not know.
 */
class ControlSequencesTest {
  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("plain", "plain", "plain"),
        Arguments.of("a\033[1;31mb\033[0mc", "abc", "a\033[1;31mb\033[0mc"),
        Arguments.of("a\033[2Jb\033[?25lc", "abc", "abc"),
        Arguments.of("a\033]0;title\033\\b", "ab", "ab"),
        Arguments.of("a\033]0;title\007b", "ab", "ab"),
        Arguments.of("ab\033Mc", "abc", "abc"),
        Arguments.of("a\rb\007c", "abc", "abc"),
        Arguments.of("a\tb", "a       b", "a       b"),
        Arguments.of("a\033", "a", "a"),
        Arguments.of("a\033[", "a", "a"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void filters(String text, String plain, String coloured) {
    assertEquals(plain, ControlSequences.filter(text, false));
    assertEquals(coloured, ControlSequences.filter(text, true));
  }
}
