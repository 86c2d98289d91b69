package org.buildchain.chain.abi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;

class AbiTest {
  private static final Word ONES = Word.parse("0x" + "11".repeat(32));
  private static final Word TWOS = Word.parse("0x" + "22".repeat(32));
  private static final Address ACCOUNT =
      Address.parse("0x52908400098527886E0F7030069857D2E4169EE7");

  /**
   * {@code cast abi-encode 'f(bytes32,uint8,address,bool,bytes,string,uint16[],(uint256,bytes)[2])'
   * 0x11… 255 0x5290… true 0x0102 hé '[1,2,65535]' '[(7,0xaa),(8,0x)]'}, of Foundry 1.7.1: the
   * words, zeros in front and behind left out.
   */
  @Test
  void allKindsOfValues() {
    AbiType.Tuple types =
        AbiType.parameters("(bytes32,uint8,address,bool,bytes,string,uint16[],(uint256,bytes)[2])");
    List<Object> values =
        List.of(
            ONES,
            BigInteger.valueOf(255),
            ACCOUNT,
            true,
            new byte[] {1, 2},
            "hé",
            List.of(BigInteger.ONE, BigInteger.TWO, BigInteger.valueOf(65535)),
            List.of(
                List.of(BigInteger.valueOf(7), new byte[] {(byte) 0xaa}),
                List.of(BigInteger.valueOf(8), new byte[0])));
    StringBuilder expected = new StringBuilder("0x" + "11".repeat(32));
    expected.append(number("ff")).append(number("52908400098527886e0f7030069857d2e4169ee7"));
    for (String word : "1 100 140 180 200 2".split(" ")) {
      expected.append(number(word));
    }
    expected.append(text("0102")).append(number("3")).append(text("68c3a9"));
    for (String word : "3 1 2 ffff 40 c0 7 40 1".split(" ")) {
      expected.append(number(word));
    }
    expected.append(text("aa")).append(number("8")).append(number("40")).append(number("0"));
    byte[] encoded = Abi.encode(types, values);
    assertEquals(expected.toString(), Hex.data(encoded));

    Values decoded = Abi.decode("test", types, encoded);
    assertEquals(values.subList(0, 4), decoded.all().subList(0, 4));
    assertArrayEquals(new byte[] {1, 2}, (byte[]) decoded.all().get(4));
    assertEquals(values.subList(5, 7), decoded.all().subList(5, 7));
    assertEquals(8, decoded.part(7).part(1).small(0));
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThrows(FormatException.class, () -> Abi.decode("test", types, cut));
    }
  }

  private static String number(String digits) {
    return "0".repeat(64 - digits.length()) + digits;
  }

  private static String text(String digits) {
    return digits + "0".repeat(64 - digits.length());
  }

  /** {@code cast calldata 'publish(bytes32,bytes32,uint8)' 0x11… 0x22… 3}. */
  @Test
  void callsBeginWithTheSelector() {
    Call call =
        Call.of(
            "publish",
            "(bytes32,bytes32,uint8)",
            "(bytes32)",
            List.of(ONES, TWOS, BigInteger.valueOf(3)));
    assertEquals(
        "0x6eb4f36a" + "11".repeat(32) + "22".repeat(32) + number("3"), Hex.data(call.data()));
  }

  /** {@code cast abi-encode 'f(int256)' -- -5}. */
  @Test
  void negativeNumbers() {
    AbiType.Tuple type = AbiType.parameters("(int256)");
    byte[] encoded = Abi.encode(type, List.of(BigInteger.valueOf(-5)));
    assertEquals("0x" + "f".repeat(63) + "b", Hex.data(encoded));
    assertEquals(BigInteger.valueOf(-5), Abi.decode("test", type, encoded).number(0));
  }

  @Test
  void refusesValuesThatTheirTypesDoNotHave() {
    AbiType.Tuple small = AbiType.parameters("(uint8)");
    assertThrows(
        IllegalArgumentException.class, () -> Abi.encode(small, List.of(BigInteger.valueOf(256))));
    assertThrows(FormatException.class, () -> Abi.decode("test", small, Word.of(256).bytes()));
    AbiType.Tuple many = AbiType.parameters("(uint8[])");
    byte[] hostile = new byte[64];
    hostile[31] = 32;
    Arrays.fill(hostile, 32, 64, (byte) 0xff);
    assertThrows(FormatException.class, () -> Abi.decode("test", many, hostile));
    assertThrows(FormatException.class, () -> AbiType.parameters("(uint7)"));
    assertThrows(FormatException.class, () -> AbiType.parameters("(bool"));
  }

  /** {@code cast keccak hello}; Ethereum's EIP-55 has the addresses. */
  @Test
  void hashesAndAddresses() {
    assertEquals(
        "0x1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8",
        Keccak.hash("hello").toString());
    for (String address :
        List.of(
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")) {
      assertEquals(address, Address.parse(address).toString());
      assertEquals(address, Address.parse(address.toLowerCase(Locale.ROOT)).toString());
    }
    assertThrows(
        FormatException.class, () -> Address.parse("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
  }

  /** {@code cast compute-address 0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0 --nonce 1}. */
  @Test
  void addressesOfContracts() {
    assertEquals(
        "0x343c43A37D37dfF08AE8C4A11544c718AbB4fCF8",
        Address.parse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0").created(1).toString());
  }

  @Test
  void events() {
    Event event = Event.of("Transfer", "(address,address,uint256)", "ii-");
    // The topic that every ERC-20 token logs.
    assertEquals(
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        event.topic().toString());
    Values values =
        event.decode(
            List.of(event.topic(), ACCOUNT.word(), Address.ZERO.word()), Word.of(9).bytes());
    assertEquals(List.of(ACCOUNT, Address.ZERO, BigInteger.valueOf(9)), values.all());
    assertThrows(
        FormatException.class, () -> event.decode(List.of(event.topic()), Word.of(9).bytes()));
  }
}
