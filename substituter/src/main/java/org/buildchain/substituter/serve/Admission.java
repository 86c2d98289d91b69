package org.buildchain.substituter.serve;

import java.util.Optional;
import org.buildchain.substituter.http.Request;

/**
 * Who may upload.
 *
 * @param token admits whoever has it
 * @param certificates whether a client certificate that TLS has checked admits as well
 */
record Admission(Optional<Token> token, boolean certificates) {
  /** Whether there is anybody who may. */
  boolean isPossible() {
    return token.isPresent() || certificates;
  }

  /** Why a request's sender may not; empty if it may. Nothing that was sent is in it. */
  Optional<String> refusal(Request request) {
    String given = request.header("Authorization");
    if (token.isPresent() && token.get().admits(given)) {
      return Optional.empty();
    }
    if (certificates && request.peer().certificate().isPresent()) {
      return Optional.empty();
    }
    if (token.isEmpty()) {
      return Optional.of("uploads need a client certificate");
    }
    String needed = "uploads need the token" + (certificates ? " or a client certificate" : "");
    return Optional.of(
        given.isEmpty() ? needed : needed + "; the password that was sent is not the token");
  }

  /**
   * Whom an upload that is admitted comes from, by its own word (the user of a netrc file) or by
   * its certificate; empty for others: who mixes up the two may have sent the password as the user.
   */
  Optional<String> user(Request request) {
    Optional<String> user =
        token.flatMap(t -> t.user(request.header("Authorization"))).filter(u -> !u.isEmpty());
    return user.isPresent() || !certificates ? user : request.peer().certificate();
  }
}
