package org.buildchain.store.hash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Digests of the file "hello\n" in every form, as {@code nix-hash} and {@code nix hash file} print
 * them.
 */
class HashTest {
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @CsvSource({
    "MD5, b1946ac92492d2347c6235b4d2611184, 4425hx5d1mc9y39llj4k4nm55i, sZRqySSS0jR8YjW00mERhA==",
    "SHA1, f572d396fae9206628714fb2ce00f72e94f2258f, iwjz551fyw0cxcjgf4l6c879zabd6wpm,"
        + " 9XLTlvrpIGYocU+yzgD3LpTyJY8=",
    "SHA256, 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03,"
        + " 00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq,"
        + " WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=",
    "SHA512, e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931f94aae41edda2c2b207a36e10f8bcb8d45223e54878f5b316e7ce3b6bc019629,"
        + " 0lrc0dwnvipqviibf7qfm1y492qvjwb1zhkcyi05cndmva1mr5gjcgrnz1x36djmk0sfg8djd2n0qv68vib2jg590mwznar9jcjphp7,"
        + " 58IrmUxZ2c8rSOVJseJGZmNgRZMNPafBrLKZ0cO3+TH5Sq5B7dosKyB6NuEPi8uNRSI+VIePWzFufOO2vAGWKQ=="
  })
  void everyFormReadsAndPrints(
      HashAlgorithm algorithm, String base16, String nix32, String base64) {
    Hash hash = Hash.of(algorithm, HELLO);
    String sri = algorithm.nixName() + "-" + base64;
    assertEquals(base16, hash.encode(Hash.Format.BASE16));
    assertEquals(nix32, hash.encode(Hash.Format.NIX32));
    assertEquals(base64, hash.encode(Hash.Format.BASE64));
    assertEquals(sri, hash.encode(Hash.Format.SRI));
    for (String text : new String[] {base16, nix32, base64}) {
      assertEquals(hash, Hash.parse(text, Optional.of(algorithm)));
      assertEquals(hash, Hash.parse(algorithm.nixName() + ":" + text, Optional.empty()));
    }
    assertEquals(hash, Hash.parse(sri, Optional.empty()));
  }

  /** What {@code builtins.convertHash} of Nix 2.26.3 takes for the digest of "hello\n", too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM==",
        "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM",
        "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=what follows",
        "sha256-WJG1tSLV3whtD/CxEPvZ\n0hu0/HFjrzTQgoai6Eb2vgM=\n",
        "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgN=",
      })
  void base64EndsAtItsFirstEqualsSign(String text) {
    assertEquals(Hash.of(HashAlgorithm.SHA256, HELLO), Hash.parse(text, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256:",
        "sha256:00",
        "sha3:b1946ac92492d2347c6235b4d2611184",
        "b1946ac92492d2347c6235b4d2611184",
        "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be0g",
        "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vg==",
        "sha256:e0xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq",
        "sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
      })
  void whatIsNoDigestIsRefused(String text) {
    assertThrows(FormatException.class, () -> Hash.parse(text, Optional.empty()));
  }

  @Test
  void anotherAlgorithmThanExpectedIsRefused() {
    assertThrows(
        FormatException.class,
        () -> Hash.parse("md5:b1946ac92492d2347c6235b4d2611184", Optional.of(HashAlgorithm.SHA1)));
  }

  @Test
  void base32ReadsBackWhatItPrints() {
    Random random = new Random(32);
    for (int length = 0; length < 80; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertArrayEquals(bytes, NixBase32.decode(NixBase32.encode(bytes)));
    }
  }

  @Test
  void unusedBitsOfBase32MustBeZero() {
    assertThrows(FormatException.class, () -> NixBase32.decode("zz"));
    assertArrayEquals(new byte[] {31}, NixBase32.decode("0z"));
  }
}
