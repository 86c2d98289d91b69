package org.buildchain.daemon.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** A dispute on a terminal. */
class DisputeTextTest {
  @Test
  void wordsCannotSteerTheTerminal() {
    assertEquals(
        "a\uFFFD[31mred\uFFFD\nb\uFFFD\uFFFDé\uD83D\uDE00",
        DisputeText.printable("a\u001B[31mred\u009B\nb\u202E\u200Bé\uD83D\uDE00"));
  }
}
