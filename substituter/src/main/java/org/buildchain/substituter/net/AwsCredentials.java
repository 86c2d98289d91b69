package org.buildchain.substituter.net;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks an S3 server.
 *
 * @param session a token that goes with temporary ones
 */
record AwsCredentials(String id, String secret, Optional<String> session) {
  /** The most bytes of a file of credentials. */
  static final int MAX_BYTES = 1 << 20;

  /** Those of an environment, as Amazon's tools read it. */
  static Optional<AwsCredentials> fromEnvironment(Map<String, String> env) {
    return of(
        env.getOrDefault("AWS_ACCESS_KEY_ID", ""),
        env.getOrDefault("AWS_SECRET_ACCESS_KEY", ""),
        env.getOrDefault("AWS_SESSION_TOKEN", ""));
  }

  /**
   * Those of a profile in a shared credentials file ({@code ~/.aws/credentials}).
   *
   * @param text the file's content
   */
  static Optional<AwsCredentials> fromFile(String text, String profile) {
    Map<String, String> values = new HashMap<>();
    boolean inside = false;
    for (String line : text.split("\n", -1)) {
      String trimmed = line.strip();
      int equals = trimmed.indexOf('=');
      if (trimmed.startsWith("[")) {
        inside = trimmed.equals("[" + profile + "]");
      } else if (inside && equals > 0 && !trimmed.startsWith("#")) {
        values.put(trimmed.substring(0, equals).strip(), trimmed.substring(equals + 1).strip());
      }
    }
    return of(
        values.getOrDefault("aws_access_key_id", ""),
        values.getOrDefault("aws_secret_access_key", ""),
        values.getOrDefault("aws_session_token", ""));
  }

  private static Optional<AwsCredentials> of(String id, String secret, String session) {
    return id.isEmpty() || secret.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new AwsCredentials(id, secret, Optional.of(session).filter(s -> !s.isEmpty())));
  }

  /** Without the secrets: it may be printed. */
  @Override
  public String toString() {
    return "AwsCredentials[" + id + "]";
  }
}
