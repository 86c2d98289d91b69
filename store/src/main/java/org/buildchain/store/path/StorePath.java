package org.buildchain.store.path;

import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.NixBase32;

/**
 * The base name of a store object: {@code hash-name}, with 32 digits of nix-base32 and a name of 1
 * to 211 characters out of {@code [0-9a-zA-Z+-._?=]} that does not begin like {@code .} or {@code
 * ..} components do. Immutable and ordered as text. Source: Nix manual, "Store path".
 */
public final class StorePath implements Comparable<StorePath> {
  /** The number of digits in a hash part. */
  public static final int HASH_LENGTH = 32;

  /** The greatest length of a name. */
  public static final int MAX_NAME = 211;

  // One string: paths are compared, hashed and printed far more often than they are taken apart.
  private final String baseName;

  /**
   * The path of these parts.
   *
   * @throws FormatException if one of them is wrong
   */
  public StorePath(String hashPart, String name) {
    this(hashPart + "-" + name, hashPart.length());
  }

  private StorePath(String baseName, int hashLength) {
    if (hashLength != HASH_LENGTH) {
      throw new FormatException(
          "store path '" + baseName + "'", "the hash part must have 32 digits");
    }
    for (int i = 0; i < HASH_LENGTH; i++) {
      if (!NixBase32.isDigit(baseName.charAt(i))) {
        throw new FormatException(
            "store path '" + baseName + "'", i, "expected a digit of nix-base32");
      }
    }
    if (!isName(baseName, HASH_LENGTH + 1)) {
      throw new FormatException(
          "path '" + baseName + "' is not a valid store path",
          nameFault(baseName.substring(HASH_LENGTH + 1)).orElseThrow());
    }
    this.baseName = baseName;
  }

  /** The 32 digits. */
  public String hashPart() {
    return baseName.substring(0, HASH_LENGTH);
  }

  /** What stands behind the digits and the dash. */
  public String name() {
    return baseName.substring(HASH_LENGTH + 1);
  }

  /** Reads a base name. */
  public static StorePath parse(String baseName) {
    if (baseName.length() < HASH_LENGTH + 2 || baseName.charAt(HASH_LENGTH) != '-') {
      throw new FormatException(
          "store path '" + baseName + "'", "expected 32 digits of nix-base32, '-' and a name");
    }
    return new StorePath(baseName, HASH_LENGTH);
  }

  /**
   * Checks a name by Nix's rule.
   *
   * @throws FormatException saying which character or length is wrong
   */
  public static void checkName(String name) {
    if (!isName(name, 0)) {
      throw new FormatException("store path", nameFault(name).orElseThrow());
    }
  }

  /** Whether what begins at {@code start} is a name without fault. */
  private static boolean isName(String text, int start) {
    int length = text.length() - start;
    if (length <= 0 || length > MAX_NAME || (text.charAt(start) == '.' && isDotted(text, start))) {
      return false;
    }
    for (int i = start; i < text.length(); i++) {
      if (!isNameCharacter(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the first component is {@code .} or {@code ..}. */
  private static boolean isDotted(String text, int start) {
    int end = text.startsWith("..", start) ? start + 2 : start + 1;
    return end == text.length() || text.charAt(end) == '-';
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || "+-._?=".indexOf(c) >= 0;
  }

  /** What is wrong with a name by Nix's rule, in Nix's words; empty if nothing is. */
  public static Optional<String> nameFault(String name) {
    if (isName(name, 0)) {
      return Optional.empty();
    }
    if (name.isEmpty()) {
      return Optional.of("name must not be empty");
    }
    String shown = "name '" + name + "' ";
    if (name.length() > MAX_NAME) {
      return Optional.of(shown + "must be no longer than " + MAX_NAME + " characters");
    }
    if (name.equals(".") || name.equals("..")) {
      return Optional.of(shown + "is not valid");
    }
    if (name.startsWith(".-") || name.startsWith("..-")) {
      return Optional.of(
          shown
              + "is not valid: first dash-separated component must not be '"
              + name.substring(0, name.indexOf('-'))
              + "'");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isNameCharacter(c)) {
        return Optional.of(shown + "contains illegal character '" + c + "'");
      }
    }
    return Optional.empty();
  }

  /** Whether this names a derivation, that is ends in {@code .drv}. */
  public boolean isDerivation() {
    return baseName.endsWith(".drv");
  }

  @Override
  public int compareTo(StorePath o) {
    return baseName.compareTo(o.baseName);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof StorePath p && p.baseName.equals(baseName);
  }

  @Override
  public int hashCode() {
    return baseName.hashCode();
  }

  /** The base name. */
  @Override
  public String toString() {
    return baseName;
  }
}
