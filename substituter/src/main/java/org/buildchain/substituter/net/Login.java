package org.buildchain.substituter.net;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/** What tells a server who asks. */
@FunctionalInterface
public interface Login {
  /** The digest of a request's body that has none. */
  Hash NO_BODY = Hash.of(HashAlgorithm.SHA256, new byte[0]);

  /**
   * The headers for a request. They must not be logged, nor reach another host.
   *
   * @param body its SHA-256
   */
  Map<String, String> headers(String method, URI uri, Hash body);

  /** With names and passwords for hosts. */
  static Login of(Optional<Netrc> netrc) {
    return (method, uri, body) ->
        netrc
            .flatMap(n -> n.authorization(uri.getHost()))
            .map(a -> Map.of("Authorization", a))
            .orElse(Map.of());
  }
}
