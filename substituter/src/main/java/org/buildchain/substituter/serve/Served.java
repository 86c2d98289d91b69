package org.buildchain.substituter.serve;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that is over, and what came of it. Its texts are the client's: anything may stand in
 * them.
 *
 * @param from the other end of the connection
 * @param user whom an upload that was admitted comes from
 * @param path of the target, percent-encoding resolved
 * @param status of the answer; 0 if it came to none
 * @param bytes of the answer that were sent, its head's among them
 * @param said the answer, if it was a message for a person; otherwise what went wrong, or nothing
 * @param whole whether all of the answer was sent
 */
public record Served(
    InetAddress from,
    Optional<String> user,
    String method,
    String path,
    int status,
    long bytes,
    Duration time,
    String said,
    boolean whole) {
  private static final String NO_METHOD = "-";

  /** A client that TLS has let in no further. */
  static Served refused(InetAddress from, String why) {
    return new Served(from, Optional.empty(), NO_METHOD, "", 0, 0, Duration.ZERO, why, false);
  }

  /** What it was about. */
  Kind kind() {
    return Kind.of(path);
  }

  /** Whether it would have added something, or may have: it came to no request. */
  boolean isUpload() {
    return method.equals("PUT") || method.equals(NO_METHOD);
  }

  /** Whether it did not get what it asked for. */
  boolean hasFailed() {
    return !whole || status >= 400;
  }
}
