package org.buildchain.store.path;

import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.NixBase32;

/**
 * The base name of a store object: {@code hash-name}, with 32 digits of nix-base32 and a name of 1
 * to 211 characters out of {@code [0-9a-zA-Z+-._?=]} that does not begin like {@code .} or {@code
 * ..} components do. Immutable and ordered as text. Source: Nix manual, "Store path".
 */
public record StorePath(String hashPart, String name) implements Comparable<StorePath> {
  /** The number of digits in a hash part. */
  public static final int HASH_LENGTH = 32;

  /** The greatest length of a name. */
  public static final int MAX_NAME = 211;

  public StorePath {
    if (hashPart.length() != HASH_LENGTH) {
      throw new FormatException(
          "store path '" + hashPart + "-" + name + "'", "the hash part must have 32 digits");
    }
    for (int i = 0; i < HASH_LENGTH; i++) {
      if (!NixBase32.isDigit(hashPart.charAt(i))) {
        throw new FormatException(
            "store path '" + hashPart + "-" + name + "'", i, "expected a digit of nix-base32");
      }
    }
    checkName(name);
  }

  /** Reads a base name. */
  public static StorePath parse(String baseName) {
    if (baseName.length() < HASH_LENGTH + 2 || baseName.charAt(HASH_LENGTH) != '-') {
      throw new FormatException(
          "store path '" + baseName + "'", "expected 32 digits of nix-base32, '-' and a name");
    }
    return new StorePath(baseName.substring(0, HASH_LENGTH), baseName.substring(HASH_LENGTH + 1));
  }

  /**
   * Checks a name by Nix's rule.
   *
   * @throws FormatException saying which character or length is wrong
   */
  public static void checkName(String name) {
    Optional<String> fault = nameFault(name);
    if (fault.isPresent()) {
      throw new FormatException("store path", fault.get());
    }
  }

  /** What is wrong with a name by Nix's rule, in Nix's words; empty if nothing is. */
  public static Optional<String> nameFault(String name) {
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
      boolean ok =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || "+-._?=".indexOf(c) >= 0;
      if (!ok) {
        return Optional.of(shown + "contains illegal character '" + c + "'");
      }
    }
    return Optional.empty();
  }

  /** Whether this names a derivation, that is ends in {@code .drv}. */
  public boolean isDerivation() {
    return name.endsWith(".drv");
  }

  @Override
  public int compareTo(StorePath o) {
    int c = hashPart.compareTo(o.hashPart);
    return c != 0 ? c : name.compareTo(o.name);
  }

  /** The base name. */
  @Override
  public String toString() {
    return hashPart + "-" + name;
  }
}
