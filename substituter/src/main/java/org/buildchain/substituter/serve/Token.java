package org.buildchain.substituter.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * A secret that admits uploads. Only its digest is held, and compared in a time that tells nothing.
 */
public final class Token {
  private static final int SHORTEST = 16;

  private final byte[] digest;

  /**
   * @param secret at least 16 characters; spaces around it do not count
   * @throws FormatException if it is shorter; the message does not show it
   */
  public Token(String secret) {
    if (secret.strip().length() < SHORTEST) {
      throw new FormatException("token", "expected at least " + SHORTEST + " characters");
    }
    this.digest = digest(secret.strip());
  }

  private static byte[] digest(String secret) {
    return HashAlgorithm.SHA256.newDigest().digest(secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether a header {@code Authorization} has it: {@code Bearer}, or {@code Basic} with any user
   * and the token as the password, which is what a netrc file gives.
   */
  boolean admits(String authorization) {
    int space = authorization.indexOf(' ');
    String given = authorization.substring(space + 1).strip();
    return switch (space < 0 ? "" : authorization.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "bearer" -> MessageDigest.isEqual(digest, digest(given));
      case "basic" -> MessageDigest.isEqual(digest, digest(password(given)));
      default -> false;
    };
  }

  /** The user of a header {@code Authorization} that {@link #admits}; never the token itself. */
  Optional<String> user(String authorization) {
    int space = authorization.indexOf(' ');
    if (space < 0
        || !authorization.substring(0, space).equalsIgnoreCase("basic")
        || !admits(authorization)) {
      return Optional.empty();
    }
    String both = decoded(authorization.substring(space + 1).strip());
    String user = both.substring(0, Math.max(0, both.indexOf(':')));
    return Optional.of(user).filter(u -> !MessageDigest.isEqual(digest, digest(u.strip())));
  }

  private static String password(String base64) {
    String both = decoded(base64);
    return both.substring(both.indexOf(':') + 1);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Nothing of it. */
  @Override
  public String toString() {
    return "token";
  }
}
