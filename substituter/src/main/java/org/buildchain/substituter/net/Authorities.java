package org.buildchain.substituter.net;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whose certificates clients of HTTPS believe.
 *
 * @param file those of this file (PEM) alone; without it those of the JDK
 */
public record Authorities(Optional<Path> file) {
  /**
   * What an environment says, as with Nix: {@code NIX_SSL_CERT_FILE}, or else {@code
   * SSL_CERT_FILE}. One that names no file that is there says nothing: builders' environments do
   * so.
   */
  public static Authorities of(Map<String, String> env) {
    return new Authorities(
        Stream.of("NIX_SSL_CERT_FILE", "SSL_CERT_FILE")
            .map(name -> env.getOrDefault(name, ""))
            .filter(text -> !text.isEmpty())
            .findFirst()
            .map(Path::of)
            .filter(Files::isRegularFile));
  }

  /**
   * Makes a client that believes them.
   *
   * @throws org.buildchain.store.format.FormatException if the file is none of certificates
   */
  public HttpClient build(HttpClient.Builder client) throws IOException {
    return file.isPresent() ? client.sslContext(Tls.client(file.get())).build() : client.build();
  }
}
