package org.buildchain.derivation.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static String again(String text) {
    StringBuilder out = new StringBuilder();
    Json.write(JsonReader.read("text", text), out);
    return out.toString();
  }

  @Test
  void isWrittenWithoutSpacesAndInOrder() {
    assertEquals(
        "{\"a\":[],\"b\":{},\"c\":[1,-2.5e+30,true,false,null,\"x\"]}",
        again(" { \"c\" : [ 1 , -2.5e+30,true,false,null,\"x\"] ,\"a\":[ ],\n\t\"b\":{ }\r} "));
  }

  @Test
  void escapesAreReadAndOnlyNeededOnesWritten() {
    assertEquals(
        "\"/\\\\\\\"\\b\\f\\n\\r\\t\\u0001\u007f" + Octets.fromText("é€😀") + "\"",
        again("\"\\/\\\\\\\"\\b\\f\\n\\r\\t\\u0001\\u007f\\u00e9\\u20AC\\ud83d\\ude00\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "tru",
        "nul",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\n\"",
        "1 2",
        "[1 2]"
      })
  void whatIsNotJsonIsRefusedWithAPlace(String text) {
    String message =
        assertThrows(FormatException.class, () -> JsonReader.read("text", text)).getMessage();
    assertTrue(message.startsWith("text, offset "), message);
  }

  @Test
  void depthIsBounded() {
    assertEquals(1000, again("[".repeat(500) + "]".repeat(500)).length());
    assertThrows(FormatException.class, () -> again("[".repeat(100_000)));
  }
}
