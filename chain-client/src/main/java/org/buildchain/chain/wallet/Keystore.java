package org.buildchain.chain.wallet;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.store.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key encrypted by a password, as Ethereum's wallets keep it. Source: "Web3 Secret Storage
 * Definition", ethereum.org: version 3, AES-128-CTR, written with scrypt, read with scrypt or
 * PBKDF2.
 *
 * <p>A file may come from anybody: what its parameters make us compute is bounded.
 */
public final class Keystore {
  private static final HexFormat HEX = HexFormat.of();
  private static final int VERSION = 3;
  private static final int R = 8;
  private static final int DERIVED = 32;
  private static final long MAX_MEMORY = 512L << 20;
  private static final int MAX_PARALLEL = 16;
  private static final int MAX_ROUNDS = 10_000_000;

  private Keystore() {}

  /** How much work a guess of the password is: scrypt's N, with r = 8 and p = 1. */
  public enum Strength {
    /** As geth has it: 256 MiB and about a second. */
    STANDARD(1 << 18),
    /** As geth's "light" one: 4 MiB. For tests and throw-away keys. */
    LIGHT(1 << 12);

    private final int n;

    Strength(int n) {
      this.n = n;
    }
  }

  /** Thrown when a password does not open a file. */
  public static final class WrongPassword extends FormatException {
    private static final long serialVersionUID = 1;

    WrongPassword() {
      super("the password is wrong");
    }
  }

  /** The text of a key's file. */
  public static String encrypt(Key key, byte[] password, Strength strength, SecureRandom random) {
    byte[] salt = bytes(random, 32);
    byte[] iv = bytes(random, 16);
    byte[] derived = SCrypt.generate(password, salt, strength.n, R, 1, DERIVED);
    byte[] cipher = cipher(derived, iv, key.bytes());
    ObjectNode top = new ObjectMapper().createObjectNode();
    top.put("address", HEX.formatHex(key.address().bytes()));
    ObjectNode crypto = top.putObject("crypto");
    crypto.put("cipher", "aes-128-ctr");
    crypto.put("ciphertext", HEX.formatHex(cipher));
    crypto.putObject("cipherparams").put("iv", HEX.formatHex(iv));
    crypto.put("kdf", "scrypt");
    ObjectNode parameters = crypto.putObject("kdfparams");
    parameters.put("dklen", DERIVED).put("n", strength.n).put("p", 1).put("r", R);
    parameters.put("salt", HEX.formatHex(salt));
    crypto.put("mac", HEX.formatHex(mac(derived, cipher)));
    top.put("id", UUID.nameUUIDFromBytes(bytes(random, 16)).toString());
    top.put("version", VERSION);
    return top.toString();
  }

  /**
   * The key in a file's text.
   *
   * @throws WrongPassword if the password does not open it
   * @throws FormatException if it is no such file
   */
  public static Key decrypt(String text, byte[] password) {
    JsonNode top;
    try {
      top = new ObjectMapper().readTree(text);
    } catch (JacksonException e) {
      throw bad("it is no JSON");
    }
    if (top.path("version").asInt(0) != VERSION) {
      throw bad("expected version " + VERSION);
    }
    JsonNode crypto = top.has("crypto") ? top.path("crypto") : top.path("Crypto");
    if (!crypto.path("cipher").asString("").equals("aes-128-ctr")) {
      throw bad("expected the cipher 'aes-128-ctr'");
    }
    byte[] derived = derive(crypto, password);
    byte[] ciphertext = hex(crypto, "ciphertext");
    if (!MessageDigest.isEqual(mac(derived, ciphertext), hex(crypto, "mac"))) {
      throw new WrongPassword();
    }
    byte[] iv = hex(crypto.path("cipherparams"), "iv");
    if (iv.length != 16) {
      throw bad("'iv' must have 16 bytes");
    }
    return Key.of(cipher(derived, iv, ciphertext));
  }

  private static byte[] derive(JsonNode crypto, byte[] password) {
    JsonNode parameters = crypto.path("kdfparams");
    byte[] salt = hex(parameters, "salt");
    if (parameters.path("dklen").asInt(0) != DERIVED) {
      throw bad("expected 'dklen' " + DERIVED);
    }
    switch (crypto.path("kdf").asString("")) {
      case "scrypt" -> {
        int n = parameters.path("n").asInt(0);
        int r = parameters.path("r").asInt(0);
        int p = parameters.path("p").asInt(0);
        if (n < 2
            || Integer.bitCount(n) != 1
            || r < 1
            // RFC 7914, section 2: N < 2^(128·r/8).
            || (r == 1 && n >= 1 << 16)
            || p < 1
            || p > MAX_PARALLEL
            || 128L * n * r > MAX_MEMORY) {
          throw bad("parameters of scrypt that are none, or need more than 512 MiB");
        }
        return SCrypt.generate(password, salt, n, r, p, DERIVED);
      }
      case "pbkdf2" -> {
        int rounds = parameters.path("c").asInt(0);
        if (rounds < 1
            || rounds > MAX_ROUNDS
            || !parameters.path("prf").asString("").equals("hmac-sha256")) {
          throw bad("expected PBKDF2 with hmac-sha256 and at most " + MAX_ROUNDS + " rounds");
        }
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(password, salt, rounds);
        return ((KeyParameter) generator.generateDerivedMacParameters(8 * DERIVED)).getKey();
      }
      default -> throw bad("expected the key derivation 'scrypt' or 'pbkdf2'");
    }
  }

  private static byte[] cipher(byte[] derived, byte[] iv, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      SecretKeySpec key = new SecretKeySpec(derived, 0, 16, "AES");
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES in counter mode", e);
    }
  }

  private static byte[] mac(byte[] derived, byte[] ciphertext) {
    byte[] both = Arrays.copyOf(Arrays.copyOfRange(derived, 16, DERIVED), 16 + ciphertext.length);
    System.arraycopy(ciphertext, 0, both, 16, ciphertext.length);
    return Keccak.hash(both).bytes();
  }

  private static byte[] hex(JsonNode node, String name) {
    try {
      return HEX.parseHex(node.path(name).asString("-"));
    } catch (IllegalArgumentException e) {
      throw bad("'" + name + "' must be hexadecimal");
    }
  }

  private static byte[] bytes(SecureRandom random, int count) {
    byte[] out = new byte[count];
    random.nextBytes(out);
    return out;
  }

  private static FormatException bad(String problem) {
    return new FormatException("key file", problem);
  }
}
