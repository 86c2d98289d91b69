package org.buildchain.store.ipld;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.posix.Sha256;

/**
 * A CID of version 1 over SHA-256, the only ones that the store makes. Immutable. Source: "CID
 * (Content IDentifier) Specification", multiformats/cid.
 */
public record Cid(Codec codec, byte[] digest) implements Comparable<Cid> {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int DIGEST_SIZE = 32;
  private static final int SIZE = 4 + DIGEST_SIZE;
  private static final int TEXT_LENGTH = 59;

  /** What a block holds. The numbers are those of the multicodec table. */
  public enum Codec {
    RAW(0x55),
    DAG_PB(0x70),
    DAG_CBOR(0x71);

    private final int code;

    Codec(int code) {
      this.code = code;
    }
  }

  public Cid {
    if (digest.length != DIGEST_SIZE) {
      throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + digest.length);
    }
    digest = digest.clone();
  }

  @Override
  public byte[] digest() {
    return digest.clone();
  }

  /** The CID of a block. */
  public static Cid of(Codec codec, byte[] block) {
    return new Cid(codec, Sha256.of(block));
  }

  /** The CID of a block that is a part of an array. */
  public static Cid of(Codec codec, byte[] data, int offset, int length) {
    return new Cid(codec, Sha256.of(data, offset, length));
  }

  /** Whether the block is the one that this names. */
  public boolean matches(byte[] block) {
    return isDigest(Sha256.of(block));
  }

  /** Whether this is the block's SHA-256. */
  public boolean isDigest(byte[] sha256) {
    return Arrays.equals(sha256, digest);
  }

  /** Whether the bytes, which may lie anywhere, are the block. */
  public boolean matches(MemorySegment block) {
    Sha256 sha256 = new Sha256();
    sha256.update(block);
    return isDigest(sha256.finish());
  }

  /** The binary form: version, codec, hash function, its length, digest. */
  public byte[] bytes() {
    byte[] out = new byte[SIZE];
    out[0] = 1;
    out[1] = (byte) codec.code;
    out[2] = 0x12;
    out[3] = DIGEST_SIZE;
    System.arraycopy(digest, 0, out, 4, DIGEST_SIZE);
    return out;
  }

  /**
   * Reads the binary form.
   *
   * @throws FormatException for any CID but those of version 1 over SHA-256 with a known codec
   */
  public static Cid ofBytes(byte[] bytes) {
    if (bytes.length != SIZE || bytes[0] != 1 || bytes[2] != 0x12 || bytes[3] != DIGEST_SIZE) {
      throw new FormatException("CID", "expected version 1 over SHA-256 in " + SIZE + " bytes");
    }
    for (Codec codec : Codec.values()) {
      if (codec.code == bytes[1]) {
        return new Cid(codec, Arrays.copyOfRange(bytes, 4, SIZE));
      }
    }
    throw new FormatException("CID", 1, "unknown codec 0x" + Integer.toHexString(bytes[1] & 0xff));
  }

  /**
   * Reads the text form, in base 32.
   *
   * @throws FormatException as {@link #ofBytes}, or if the text is not in base 32
   */
  public static Cid parse(String text) {
    if (text.length() != TEXT_LENGTH || text.charAt(0) != 'b') {
      throw new FormatException(
          "CID '" + text + "'", "expected 'b' and " + (TEXT_LENGTH - 1) + " digits of base 32");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(SIZE);
    int bits = 0;
    int held = 0;
    for (int i = 1; i < TEXT_LENGTH; i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new FormatException("CID '" + text + "'", i, "expected a digit of base 32");
      }
      bits = (bits << 5) | digit;
      held += 5;
      if (held >= 8) {
        held -= 8;
        out.write(bits >> held);
        bits &= (1 << held) - 1;
      }
    }
    if (bits != 0) {
      throw new FormatException("CID '" + text + "'", "has bits to spare that are not zero");
    }
    return ofBytes(out.toByteArray());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Cid c && c.codec == codec && Arrays.equals(c.digest, digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public int compareTo(Cid o) {
    return Arrays.compareUnsigned(bytes(), o.bytes());
  }

  /** The text form in base 32, as RFC 4648 has it in lower case without padding, behind 'b'. */
  @Override
  public String toString() {
    byte[] out = new byte[TEXT_LENGTH];
    out[0] = 'b';
    int at = 1;
    int bits = 0;
    int held = 0;
    for (byte b : bytes()) {
      bits = (bits << 8) | (b & 0xff);
      held += 8;
      while (held >= 5) {
        held -= 5;
        out[at++] = (byte) ALPHABET.charAt((bits >> held) & 31);
      }
      bits &= (1 << held) - 1;
    }
    out[at] = (byte) ALPHABET.charAt((bits << (5 - held)) & 31);
    return new String(out, StandardCharsets.ISO_8859_1);
  }
}
