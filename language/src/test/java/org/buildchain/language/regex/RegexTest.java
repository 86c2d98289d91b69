package org.buildchain.language.regex;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.buildchain.language.Nix;
import org.junit.jupiter.api.Test;

/** What expressions that explode elsewhere do here. SameAsNixTest has what they match. */
class RegexTest {
  private static Regex regex(String text) {
    try {
      return Regex.of(text);
    } catch (RegexSyntaxException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  @Test
  void nestedRepetitionsEnd() {
    Nix.onEvalThread(
        () -> {
          String many = "a".repeat(20_000);
          for (String r : new String[] {"(a*)*b", "(a|a)*b", "((a?)+)+b", "(.*)(.*)(.*)b"}) {
            assertFalse(regex(r).match(many).isPresent(), r);
          }
          String loops = "(".repeat(60) + "a" + ")*".repeat(60) + "b";
          assertFalse(regex(loops).match("aaaaaaaaaa").isPresent());
          return null;
        });
  }

  @Test
  void longTextsMatch() {
    Nix.onEvalThread(
        () -> {
          String text = "ab".repeat(1 << 20);
          assertArrayEquals(
              new int[] {0, text.length() - 1}, regex("(.*)b").match(text).orElseThrow().groups());
          assertEquals(1 << 20, regex("b").matches(text).size());
          assertTrue(regex("a{1,3000}").match("a".repeat(2500)).isPresent());
          return null;
        });
  }

  @Test
  void expressionsHaveALimit() {
    for (String r : new String[] {"a{100001}", "((a{100}){100}){100}", "(".repeat(2000)}) {
      assertTrue(assertThrows(RegexSyntaxException.class, () -> Regex.of(r)).isTooLarge(), r);
    }
    assertFalse(assertThrows(RegexSyntaxException.class, () -> Regex.of("a{2")).isTooLarge());
  }
}
