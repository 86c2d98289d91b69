package org.buildchain.daemon.host.download;

import java.net.URI;
import java.util.Objects;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * A secret that one server is shown: a header of requests to it. It is in no text that this gives.
 *
 * @param origin scheme, host and port of the server; nobody else gets it
 * @param header its name
 */
public record Credential(URI origin, String header, String secret) {
  /** Whether a request to this place may carry it. */
  boolean isFor(URI place) {
    return Objects.equals(origin.getScheme(), place.getScheme())
        && origin.getHost() != null
        && origin.getHost().equalsIgnoreCase(place.getHost())
        && origin.getPort() == place.getPort();
  }

  /** Other for each secret, from which it cannot be told: names what was fetched with it. */
  public String digest() {
    return Hash.of(HashAlgorithm.SHA256, Octets.bytes(header + "\0" + secret))
        .encode(Hash.Format.NIX32);
  }

  @Override
  public String toString() {
    return header + " for " + origin;
  }
}
