package org.buildchain.substituter.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;

class SecretKeyTest {
  // Printed by Nix 2.8: nix key generate-secret --key-name golden-1; nix key
  // convert-secret-to-public; echo hello > x; nix-store --add x; nix store sign -k; nix path-info
  // --json.
  private static final String SECRET =
      "golden-1:cgpKJvlsHQGjJyPR8smyN5Sp+lV3TvkycVB5plrX37P71FYTQO9QK5pL0YsaA5n1nZa3sfvpvoMPdhQTPaYl6w==";
  private static final String PUBLIC = "golden-1:+9RWE0DvUCuaS9GLGgOZ9Z2Wt7H76b6DD3YUEz2mJes=";
  private static final String SIGNATURE =
      "golden-1:WukI4kgTWoOpa9r+oY8u4DuPFUzV9nwSFK0crrQ9FVw+sBoVwccTNZYIP1yaZR+e11PjRBj1DwckZuFfH4XUAQ==";
  private static final byte[] FINGERPRINT =
      new Fingerprint(
              StoreDir.DEFAULT,
              StorePath.parse("m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x"),
              Hash.parse("sha256-HDfQGvQL4ugGkd48w99EN3ppmvuxfGjwgJZLL9Bx/BM=", Optional.empty()),
              120,
              new TreeSet<>())
          .bytes();

  @Test
  void signsAsNixDoes() {
    SecretKey key = SecretKey.parse(SECRET + "\n");
    assertEquals(PUBLIC, key.publicKey().toString());
    assertEquals(SIGNATURE, key.sign(FINGERPRINT));
    assertEquals(SECRET, key.secret());
    assertFalse(key.toString().contains("cgpKJ"));
  }

  @Test
  void verifiesWhatNixSigned() {
    PublicKey key = PublicKey.parse(PUBLIC);
    assertTrue(key.verifies(SIGNATURE, FINGERPRINT));
    byte[] other = FINGERPRINT.clone();
    other[20] ^= 1;
    assertFalse(key.verifies(SIGNATURE, other));
    assertFalse(key.verifies(SIGNATURE.replace("golden-1", "golden-2"), FINGERPRINT));
    assertFalse(key.verifies(SIGNATURE.replace("Wuk", "Xuk"), FINGERPRINT));
    assertFalse(key.verifies("golden-1:", FINGERPRINT));
    assertFalse(key.verifies("", FINGERPRINT));
  }

  @Test
  void aNewKeyVerifiesWhatItSigns() {
    SecretKey key = SecretKey.generate("new-1");
    assertTrue(key.publicKey().verifies(key.sign(FINGERPRINT), FINGERPRINT));
    assertEquals(key.secret(), SecretKey.parse(key.secret()).secret());
  }

  @Test
  void refusesOtherFormsWithoutShowingThem() {
    String secret = SECRET.substring("golden-1:".length());
    for (String bad :
        new String[] {
          secret,
          ":" + secret,
          "a b:" + secret,
          "golden-1:" + secret.substring(4),
          "golden-1:" + secret.replace('c', '!'),
          // The public half of another key.
          "golden-1:" + secret.substring(0, 60) + "AAAA" + secret.substring(64)
        }) {
      FormatException e = assertThrows(FormatException.class, () -> SecretKey.parse(bad), bad);
      assertFalse(e.getMessage().contains("GjJyPR8"), e.getMessage());
    }
    assertThrows(FormatException.class, () -> SecretKey.generate("a:b"));
    assertThrows(FormatException.class, () -> PublicKey.parse(SECRET));
  }
}
