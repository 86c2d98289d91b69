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
  /** What it was about. */
  Kind kind() {
    return Kind.of(path);
  }

  /** Whether it would have added something. */
  boolean isUpload() {
    return method.equals("PUT");
  }

  /** Whether it did not get what it asked for. */
  boolean hasFailed() {
    return !whole || status >= 400;
  }
}
