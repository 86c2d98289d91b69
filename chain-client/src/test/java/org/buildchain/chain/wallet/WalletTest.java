package org.buildchain.chain.wallet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalletTest {
  /** The key of EIP-155's example. */
  private static final Key KEY = Key.of(HexFormat.of().parseHex("46".repeat(32)));

  private static final Address TO = Address.parse("0x" + "35".repeat(20));

  @Test
  void theAddressOfAKey() {
    // cast wallet address 0x4646…
    assertEquals("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", KEY.address().toString());
  }

  /** The example of EIP-155. */
  @Test
  void eip155() {
    Transaction transaction =
        new Transaction(
            1,
            9,
            BigInteger.ZERO,
            BigInteger.valueOf(20_000_000_000L),
            21000,
            Optional.of(TO),
            BigInteger.TEN.pow(18),
            new byte[0]);
    assertEquals(
        "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000"
            + "8025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8"
            + "997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
        Hex.data(transaction.signedWithGasPrice(KEY)));
  }

  /**
   * {@code cast mktx --private-key 0x4646… --nonce 300 --gas-price 20000000000 --priority-gas-price
   * 1500000000 --gas-limit 123456 --chain 31337 --value 5 0x3535… 'publish(bytes32,bytes32,uint8)'
   * 0x11… 0x22… 3}, of Foundry 1.7.1.
   */
  @Test
  void eip1559() {
    Call call =
        Call.of(
            "publish",
            "(bytes32,bytes32,uint8)",
            "(bytes32)",
            List.of(
                Word.parse("0x" + "11".repeat(32)),
                Word.parse("0x" + "22".repeat(32)),
                BigInteger.valueOf(3)));
    Transaction transaction =
        new Transaction(
            31337,
            300,
            BigInteger.valueOf(1_500_000_000),
            BigInteger.valueOf(20_000_000_000L),
            123456,
            Optional.of(TO),
            BigInteger.valueOf(5),
            call.data());
    assertEquals(
        "0x02f8d5827a6982012c8459682f008504a817c8008301e240943535353535353535353535353535353535"
            + "353535"
            + "05b8646eb4f36a"
            + "11".repeat(32)
            + "22".repeat(32)
            + "0".repeat(63)
            + "3c001a032c71be510320ad6c06dfaf8e23beee3129627ca84001b0d5790d78799bfa2cfa071c615c1"
            + "3d208d2ad39abb6bc487dd6d1bdc5cd9153c4490455e2c5c4e61c8a0",
        Hex.data(transaction.signed(KEY)));
  }

  /** {@code cast mktx … --nonce 0 --gas-price 1 --priority-gas-price 0 --create 0x6001…}. */
  @Test
  void eip1559CreatesContracts() {
    Transaction transaction =
        new Transaction(
            31337,
            0,
            BigInteger.ZERO,
            BigInteger.ONE,
            60000,
            Optional.empty(),
            BigInteger.ZERO,
            Hex.data("0x6001600c60003960016000f300"));
    assertEquals(
        "0x02f85d827a6980800182ea6080808d6001600c60003960016000f300c001a0e0856419bba5c43ad02432"
            + "58ca0a64fbbf181d3208c59f58784788ebe04d3f70a07fcabd1afe6229d3e179e7b0a7375d34c394"
            + "d0b11d882cce35e4ec0a076e4f58",
        Hex.data(transaction.signed(KEY)));
  }

  @Test
  void signaturesLeadBackToTheirKey() {
    Word digest = Keccak.hash("something");
    Key.Signature signature = KEY.sign(digest);
    assertEquals(KEY.address(), Key.signer(digest, signature));
    assertThrows(
        FormatException.class,
        () -> Key.signer(digest, new Key.Signature(0, Word.ZERO, signature.s())));
  }

  @Test
  void keysDoNotPrintThemselves() {
    assertFalse(KEY.toString().contains("46464646"));
    FormatException e = assertThrows(FormatException.class, () -> Key.of(new byte[] {0x46, 0x46}));
    assertFalse(e.getMessage().contains("46"));
    assertThrows(FormatException.class, () -> Key.of(new byte[32]));
  }

  private static final String VECTOR =
      """
      {"crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "%s"}, "ciphertext": "%s",
        "kdf": "%s", "kdfparams": %s, "mac": "%s"},
       "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3}\
      """;

  private static final byte[] TEST_PASSWORD = "testpassword".getBytes(StandardCharsets.UTF_8);

  private static final Key VECTOR_KEY =
      Key.of(
          HexFormat.of()
              .parseHex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"));

  /**
   * The vector for PBKDF2 of the Web3 Secret Storage Definition. Its other one has r = 1 and N =
   * 2^18, which RFC 7914 does not allow: instead the file that {@code cast wallet import
   * --private-key 0x7a28…} of Foundry 1.7.1 wrote.
   */
  @Test
  void keyFilesOfOthers() {
    String scrypt =
        VECTOR.formatted(
            "7389ca18333b11823ac68f76d64651dc",
            "21f42fdc4ca076a9635c8cada79fbb143facd51ef3f33509d204f69f31f3a86c",
            "scrypt",
            """
            {"dklen": 32, "n": 8192, "p": 1, "r": 8,
             "salt": "f47e7710131e8a4f066c7bd348bca0272d0ae47cb8adfce9d3b395ef64888c86"}\
            """,
            "ab8c0d3845d4fdec8ae42828551e1944a84b5c4d6100f76849f064f0be983563");
    String pbkdf2 =
        VECTOR.formatted(
            "6087dab2f9fdbbfaddc31a909735c1e6",
            "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "pbkdf2",
            """
            {"dklen": 32, "c": 262144, "prf": "hmac-sha256",
             "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"}\
            """,
            "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2");
    Address expected = VECTOR_KEY.address();
    assertEquals(expected, Keystore.decrypt(scrypt, TEST_PASSWORD).address());
    assertEquals(expected, Keystore.decrypt(pbkdf2, TEST_PASSWORD).address());
    assertThrows(
        Keystore.WrongPassword.class,
        () -> Keystore.decrypt(pbkdf2, "no".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void boundsWhatAFileMakesUsCompute() {
    for (String parameters :
        List.of(
            "{\"dklen\": 32, \"n\": 1073741824, \"p\": 1, \"r\": 8, \"salt\": \"ab\"}",
            "{\"dklen\": 32, \"n\": 262143, \"p\": 1, \"r\": 8, \"salt\": \"ab\"}",
            "{\"dklen\": 32, \"n\": 2, \"p\": 100000000, \"r\": 8, \"salt\": \"ab\"}",
            "{\"dklen\": 1000000000, \"n\": 2, \"p\": 1, \"r\": 8, \"salt\": \"ab\"}")) {
      String text = VECTOR.formatted("00".repeat(16), "00", "scrypt", parameters, "00");
      assertThrows(FormatException.class, () -> Keystore.decrypt(text, TEST_PASSWORD));
    }
    assertThrows(FormatException.class, () -> Keystore.decrypt("{", TEST_PASSWORD));
  }

  @Test
  void folder(@TempDir Path folder) throws Exception {
    Wallets wallets = new Wallets(folder.resolve("keys"), Clock.systemUTC());
    assertThrows(FormatException.class, () -> wallets.file(""));
    String text = Keystore.encrypt(KEY, TEST_PASSWORD, Keystore.Strength.LIGHT, new SecureRandom());
    assertFalse(text.contains("46".repeat(32)));
    Path file = wallets.add(KEY.address(), text);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(KEY.address(), wallets.list().firstKey());
    assertEquals(KEY.address(), Keystore.decrypt(wallets.file("0x9d8a"), TEST_PASSWORD).address());
    assertThrows(FormatException.class, () -> wallets.add(KEY.address(), text));
    assertThrows(FormatException.class, () -> wallets.file("0x00"));
    wallets.add(
        VECTOR_KEY.address(),
        Keystore.encrypt(VECTOR_KEY, TEST_PASSWORD, Keystore.Strength.LIGHT, new SecureRandom()));
    assertThrows(FormatException.class, () -> wallets.file(""));
  }
}
