package org.buildchain.substituter.gateway;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Cid;

/**
 * A CID of any kind that clients of a gateway may name. Source: "CID (Content IDentifier)
 * Specification", multiformats/cid.
 *
 * @param bytes the binary form, as it was given: version 0 and 1 are different CIDs of a block
 * @param codec the number of the block's codec
 * @param hash the number of the hash function
 * @param digest that follows from it, or of the identity the block itself
 */
record AnyCid(byte[] bytes, long codec, long hash, byte[] digest) {
  static final long RAW = 0x55;
  static final long DAG_PB = 0x70;
  static final long DAG_CBOR = 0x71;
  private static final long SHA256 = 0x12;
  private static final long IDENTITY = 0;
  private static final int MAX_BYTES = 256;
  private static final int MAX_TEXT = 512;
  private static final String WHAT = "CID";
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final String BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  /**
   * Reads the text form: version 0, or version 1 in base 16, 32, 36 or 58.
   *
   * @throws FormatException if it is none of these
   */
  static AnyCid parse(String text) {
    if (text.length() < 2 || text.length() > MAX_TEXT) {
      throw new FormatException(WHAT + " '" + shortened(text) + "'", "has no CID's length");
    }
    if (text.length() == 46 && text.startsWith("Qm")) {
      return ofBytes(digits(text, BASE58));
    }
    String rest = text.substring(1);
    return ofBytes(
        switch (text.charAt(0)) {
          case 'b' -> base32(rest);
          case 'B' -> base32(rest.toLowerCase(Locale.ROOT));
          case 'z' -> digits(rest, BASE58);
          case 'k' -> digits(rest, BASE36);
          case 'f' -> base16(rest);
          default ->
              throw new FormatException(WHAT + " '" + shortened(text) + "'", "is in no known base");
        });
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), 80));
  }

  /** Reads the binary form, all of {@code bytes}. */
  static AnyCid ofBytes(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new FormatException(WHAT, "is longer than " + MAX_BYTES + " bytes");
    }
    if (bytes.length == 34 && bytes[0] == SHA256 && bytes[1] == 32) {
      return new AnyCid(bytes.clone(), DAG_PB, SHA256, Arrays.copyOfRange(bytes, 2, 34));
    }
    Varints in = new Varints(WHAT, bytes);
    if (in.next() != 1) {
      throw new FormatException(WHAT, "is of no known version");
    }
    long codec = in.next();
    long hash = in.next();
    byte[] digest = in.bytes(in.next());
    if (!in.atEnd() || (hash == SHA256 && digest.length != 32)) {
      throw new FormatException(WHAT, "has a digest of another length than it says");
    }
    return new AnyCid(bytes.clone(), codec, hash, digest);
  }

  /** The block, where the CID itself holds it. */
  Optional<byte[]> inline() {
    return hash == IDENTITY ? Optional.of(digest) : Optional.empty();
  }

  /** The name under which the store has such a block; empty where it has none. */
  Optional<Cid> stored() {
    if (hash != SHA256) {
      return Optional.empty();
    }
    for (Cid.Codec codec : Cid.Codec.values()) {
      if (codecOf(codec) == this.codec) {
        return Optional.of(new Cid(codec, digest));
      }
    }
    return Optional.empty();
  }

  private static long codecOf(Cid.Codec codec) {
    return switch (codec) {
      case RAW -> RAW;
      case DAG_PB -> DAG_PB;
      case DAG_CBOR -> DAG_CBOR;
    };
  }

  /** Whether a block is the one that this names; false where that can't be told here. */
  boolean matches(byte[] block) {
    return hash == SHA256 && Arrays.equals(HashAlgorithm.SHA256.newDigest().digest(block), digest);
  }

  private static byte[] base32(String text) {
    byte[] out = new byte[text.length() * 5 / 8];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = BASE32.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new FormatException(WHAT, i, "expected a digit of base 32");
      }
      bits = ((bits << 5) | digit) & 0xfff;
      held += 5;
      if (held >= 8) {
        held -= 8;
        out[at++] = (byte) (bits >> held);
      }
    }
    if ((bits & ((1 << held) - 1)) != 0) {
      throw new FormatException(WHAT, "has bits to spare that are not zero");
    }
    return out;
  }

  private static byte[] base16(String text) {
    try {
      return HexFormat.of().parseHex(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new FormatException(WHAT, "expected digits of base 16");
    }
  }

  private static byte[] digits(String text, String alphabet) {
    BigInteger value = BigInteger.ZERO;
    BigInteger base = BigInteger.valueOf(alphabet.length());
    int zeros = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = alphabet.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new FormatException(WHAT, i, "expected a digit of base " + alphabet.length());
      }
      zeros += digit == 0 && zeros == i ? 1 : 0;
      value = value.multiply(base).add(BigInteger.valueOf(digit));
    }
    byte[] magnitude = value.toByteArray();
    int from = magnitude[0] == 0 ? 1 : 0;
    byte[] out = new byte[zeros + magnitude.length - from];
    System.arraycopy(magnitude, from, out, zeros, magnitude.length - from);
    return out;
  }

  /** The text form: version 0 in base 58, version 1 in base 32. */
  @Override
  public String toString() {
    return bytes.length == 34 && bytes[0] == SHA256 ? base58() : "b" + base32();
  }

  private String base58() {
    StringBuilder out = new StringBuilder();
    BigInteger base = BigInteger.valueOf(BASE58.length());
    for (BigInteger v = new BigInteger(1, bytes); v.signum() > 0; v = v.divide(base)) {
      out.append(BASE58.charAt(v.mod(base).intValue()));
    }
    return out.reverse().toString();
  }

  private String base32() {
    StringBuilder out = new StringBuilder();
    int bits = 0;
    int held = 0;
    for (byte b : bytes) {
      bits = ((bits << 8) | (b & 0xff)) & 0xfff;
      held += 8;
      while (held >= 5) {
        held -= 5;
        out.append(BASE32.charAt((bits >> held) & 31));
      }
    }
    if (held > 0) {
      out.append(BASE32.charAt((bits << (5 - held)) & 31));
    }
    return out.toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof AnyCid c && Arrays.equals(c.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
