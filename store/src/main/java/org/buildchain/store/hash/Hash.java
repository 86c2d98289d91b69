package org.buildchain.store.hash;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/** A digest with its algorithm. Immutable; {@code bytes} has the algorithm's length. */
public record Hash(HashAlgorithm algorithm, byte[] bytes) {
  /** The textual forms of a digest. */
  public enum Format {
    /** Lower-case hexadecimal. */
    BASE16,
    /** Nix's base 32. */
    NIX32,
    /** RFC 4648 base 64 with padding. */
    BASE64,
    /** {@code algorithm-base64}, as in Subresource Integrity. */
    SRI
  }

  public Hash {
    if (bytes.length != algorithm.size()) {
      throw new IllegalArgumentException(
          algorithm + " has " + algorithm.size() + " bytes, not " + bytes.length);
    }
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The digest of {@code data}. */
  public static Hash of(HashAlgorithm algorithm, byte[] data) {
    return new Hash(algorithm, algorithm.newDigest().digest(data));
  }

  /** This digest in {@code format}, without a prefix except for {@link Format#SRI}. */
  public String encode(Format format) {
    return switch (format) {
      case BASE16 -> HexFormat.of().formatHex(bytes);
      case NIX32 -> NixBase32.encode(bytes);
      case BASE64 -> Base64.getEncoder().encodeToString(bytes);
      case SRI -> algorithm.nixName() + "-" + Base64.getEncoder().encodeToString(bytes);
    };
  }

  /** {@code algorithm:digest} in {@code format} (SRI has its own prefix already). */
  public String prefixed(Format format) {
    return format == Format.SRI ? encode(format) : algorithm.nixName() + ":" + encode(format);
  }

  /**
   * Reads a digest in any of Nix's forms: {@code algo:digest}, {@code algo-base64} (SRI), or a bare
   * digest, whose encoding is told by its length.
   *
   * @param expected the algorithm that the text must have; needed for a bare digest
   * @throws FormatException if the text is none of these or its algorithm differs from {@code
   *     expected}
   */
  public static Hash parse(String text, Optional<HashAlgorithm> expected) {
    int colon = text.indexOf(':');
    int dash = colon < 0 ? text.indexOf('-') : -1;
    int cut = colon >= 0 ? colon : dash;
    Optional<HashAlgorithm> named = Optional.empty();
    if (cut >= 0) {
      String name = text.substring(0, cut);
      named = HashAlgorithm.parse(name);
      if (named.isEmpty()) {
        throw new FormatException(
            "unknown hash algorithm '"
                + name
                + "', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'");
      }
      if (expected.isPresent() && !expected.equals(named)) {
        throw new FormatException("hash '" + text + "' should have type '" + expected.get() + "'");
      }
    }
    HashAlgorithm algorithm =
        named
            .or(() -> expected)
            .orElseThrow(
                () ->
                    new FormatException(
                        "hash '"
                            + text
                            + "' does not include a type, nor is the type otherwise known from"
                            + " context"));
    return new Hash(algorithm, digits(text.substring(cut + 1), algorithm, dash >= 0));
  }

  private static byte[] digits(String text, HashAlgorithm algorithm, boolean sri) {
    int size = algorithm.size();
    String kind = sri ? "SRI" : "base-64";
    try {
      if (!sri && text.length() == size * 2) {
        kind = "base-16";
        return HexFormat.of().parseHex(text);
      }
      if (!sri && text.length() == NixBase32.encodedLength(size)) {
        kind = "base-32";
        return NixBase32.decode(text);
      }
      if (sri || text.length() == (size + 2) / 3 * 4) {
        byte[] bytes = Base64.getDecoder().decode(base64Digits(text));
        if (bytes.length == size) {
          return bytes;
        }
        throw new FormatException("invalid " + kind + " hash '" + text + "'");
      }
    } catch (IllegalArgumentException | FormatException e) {
      throw new FormatException("invalid " + kind + " hash '" + text + "'");
    }
    throw new FormatException(
        "hash '" + text + "' has wrong length for hash algorithm '" + algorithm + "'");
  }

  /** As Nix reads Base64: the text ends at the first '=', and breaks of lines are left out. */
  private static String base64Digits(String text) {
    int end = text.indexOf('=');
    return (end < 0 ? text : text.substring(0, end)).replace("\n", "");
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Hash h && h.algorithm == algorithm && Arrays.equals(h.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** {@code algorithm:nix-base32}. */
  @Override
  public String toString() {
    return prefixed(Format.NIX32);
  }
}
