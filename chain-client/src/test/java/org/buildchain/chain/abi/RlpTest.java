package org.buildchain.chain.abi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RlpTest {
  private static Rlp.Item bytes(String hex) {
    return new Rlp.Bytes(Hex.data(hex));
  }

  /** {@code cast to-rlp '["0x","0x01","0x7f","0x80",["0x636174",[]]]'}, of Foundry 1.7.1. */
  @Test
  void nestedLists() {
    Rlp.Item item =
        new Rlp.Items(
            List.of(
                bytes("0x"),
                bytes("0x01"),
                bytes("0x7f"),
                bytes("0x80"),
                new Rlp.Items(List.of(bytes("0x636174"), new Rlp.Items(List.of())))));
    String expected = "0xcb80017f8180c583636174c0";
    assertEquals(expected, Hex.data(Rlp.encode(item)));
    assertEquals(item, Rlp.decode("test", Hex.data(expected)));
  }

  /** Yellow paper, appendix B: more than 55 bytes have a length of their own. */
  @Test
  void longStrings() {
    byte[] sixty = "a".repeat(60).getBytes(StandardCharsets.US_ASCII);
    byte[] encoded = Rlp.encode(new Rlp.Bytes(sixty));
    assertEquals("0xb83c61", Hex.data(encoded).substring(0, 8));
    assertArrayEquals(sixty, ((Rlp.Bytes) Rlp.decode("test", encoded)).value());
    byte[] kilo = new byte[1024];
    // Ethereum wiki, "RLP": a string of 1,024 bytes begins with b9 04 00.
    assertEquals("0xb90400", Hex.data(Rlp.encode(new Rlp.Bytes(kilo))).substring(0, 8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x", // nothing
        "0x8101", // a small byte that does not stand for itself
        "0xb800", // a long length of a short string
        "0xb90038", // a length with a leading zero
        "0x83aabb", // shorter than it says
        "0xc3830102", // an item that leaves its list
        "0x0102", // two items
        "0xbfffffffffffffffff", // a length of 2^64
      })
  void refusesWhatIsNotCanonical(String hex) {
    assertThrows(FormatException.class, () -> Rlp.decode("test", Hex.data(hex)));
  }

  @Test
  void refusesDeepNesting() {
    Rlp.Item item = new Rlp.Items(List.of());
    for (int i = 0; i < 100; i++) {
      item = new Rlp.Items(List.of(item));
    }
    byte[] deep = Rlp.encode(item);
    assertThrows(FormatException.class, () -> Rlp.decode("test", deep));
  }
}
