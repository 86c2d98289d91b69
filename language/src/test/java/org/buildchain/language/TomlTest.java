package org.buildchain.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TOML 1.0, as {@code nix-instantiate} 2.26.3 takes and refuses it. */
class TomlTest {
  private static String read(String toml) {
    String literal =
        toml.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r");
    return Octets.toText(
        Nix.print(
            Builtins.evaluator(new MemoryHost(), EvalSettings.DEFAULT),
            Octets.fromText("builtins.fromTOML \"" + literal + "\"")));
  }

  /** The first four are TOML 1.1. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = \"\\e\"",
        "a = \"\\x41\"",
        "a = { b = 1, }",
        "a = { b = 1\n}",
        "a = 1\rb = 2",
        "a = 01",
        "a = \"\\ud800\"",
        "[a]\n[a]",
        "a = {}\na.b = 1"
      })
  void refuses(String toml) {
    String said = read(toml);
    assertTrue(said.contains("error: while parsing TOML: "), said);
  }

  /** Captured from {@code nix-instantiate} 2.26.3. */
  @Test
  void showsTheIntegerThatIsTooLarge() {
    String decimal = "[error] toml::parse_dec_integer: too large integer: current max digits";
    String wrong = "^-- must be < 2^63";
    assertSays(
        "v=-9223372036854775809",
        decimal,
        "1 | v=-9223372036854775809\n",
        "\n          |                       " + wrong);
    assertSays(
        "kkkkkkkk = 99999999999999999999 # tail",
        decimal,
        "1 | ... kkkkkkk = 99999999999999999999 # tail\n",
        "\n          |                                   " + wrong);
    assertSays(
        "a = 99999999999999999999 # 0123456789 0123456789 0123456789",
        decimal,
        "1 | a = 99999999999999999999 # 0123456789 0123456789 01234 ...\n");
    assertSays(
        "\nv=0x9f86d081884c7d659a",
        "toml::parse_hex_integer: too large integer: current max value = 2^63",
        "2 | v=0x9f86d081884c7d659a\n");
    assertSays("v=0o7777777777777777777777777", "toml::parse_oct_integer: too large integer");
  }

  private static void assertSays(String toml, String... parts) {
    String said = read(toml);
    for (String part : parts) {
      assertTrue(said.contains(part), said);
    }
  }

  @Test
  void passesOverAByteOrderMark() {
    assertEquals("{ a = 1; }", read("\ufeffa = 1"));
  }

  @Test
  void keepsTheSignOfNan() {
    assertEquals(
        "{ a = -nan; b = nan; c = nan; d = -inf; }", read("a = -nan\nb = nan\nc = +nan\nd = -inf"));
    assertEquals(
        "{ b = { \"ü\" = { c = -nan; }; }; t = { a = -nan; b = nan; \"c = -nan\" = nan; };"
            + " u = { \"--\" = -nan; }; \"x.y\" = -nan; z = [ nan -nan [ -nan nan ] ]; }",
        read(
            """
            "x.y" = -nan
            b."ü" . c = -nan
            z = [ nan, -nan, [ -nan, +nan ] ]
            t = { a = -nan, b = nan, "c = -nan" = nan }
            [u]
              -- = -nan\
            """));
  }
}
