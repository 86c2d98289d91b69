package org.buildchain.substituter.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.buildchain.store.format.FormatException;

/** Certificates and keys as web servers have them: PEM files, RFC 7468. */
public final class Tls {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  private Tls() {}

  /**
   * What a server of these files needs.
   *
   * @param certificates its own, then those that lead to one that clients know
   * @param key in PKCS #8, not encrypted
   * @throws FormatException if one of the files is something else; it does not show the key
   */
  public static SSLContext server(Path certificates, Path key) throws IOException {
    return server(certificates, key, Optional.empty());
  }

  /**
   * The same for a server that asks clients for certificates.
   *
   * @param clients those whose word for a client counts
   */
  public static SSLContext server(Path certificates, Path key, Optional<Path> clients)
      throws IOException {
    List<? extends Certificate> chain = certificates(certificates);
    PrivateKey secret = key(key);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      store.setKeyEntry("bc", secret, new char[0], chain.toArray(Certificate[]::new));
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          managers.getKeyManagers(), clients.isPresent() ? trusting(clients.get()) : null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new FormatException(certificates.toString(), "does not go with the key: " + e);
    }
  }

  /**
   * Until when all certificates of a file count.
   *
   * @throws FormatException if the file is something else
   */
  public static Instant expiry(Path certificates) throws IOException {
    return certificates(certificates).stream()
        .map(c -> ((X509Certificate) c).getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /**
   * What a client needs that believes these.
   *
   * @param authorities those whose word for a server counts
   * @throws FormatException if the file is something else
   */
  static SSLContext client(Path authorities) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusting(authorities), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new FormatException(authorities.toString(), "is of no use: " + e);
    }
  }

  private static TrustManager[] trusting(Path file) throws IOException, GeneralSecurityException {
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, new char[0]);
    for (Certificate certificate : certificates(file)) {
      known.setCertificateEntry("client-" + known.size(), certificate);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(known);
    return managers.getTrustManagers();
  }

  private static List<? extends Certificate> certificates(Path file) throws IOException {
    try {
      List<? extends Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(read(file)))
              .stream()
              .toList();
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (GeneralSecurityException e) {
      // The message below says the same.
    }
    throw new FormatException(file.toString(), "expected certificates: PEM, 'CERTIFICATE'");
  }

  private static PrivateKey key(Path file) throws IOException {
    Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
    if (pem.find()) {
      byte[] bytes = bytes(file, pem.group(1));
      for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (InvalidKeySpecException e) {
          // It may be one of the others.
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException("every JDK has " + algorithm, e);
        }
      }
    }
    throw new FormatException(
        file.toString(),
        "expected a key in PKCS #8: PEM, 'PRIVATE KEY'; 'openssl pkcs8 -topk8 -nocrypt' makes one"
            + " of others");
  }

  private static byte[] bytes(Path file, String base64) {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new FormatException(file.toString(), "its key is no base 64");
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new FormatException(file.toString(), "is longer than " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }
}
