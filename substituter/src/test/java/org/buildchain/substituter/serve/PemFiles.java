package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key with a certificate of its own, as files and as a party to TLS. */
final class PemFiles {
  private static final String NAME = "a";
  private static final char[] PASSWORD = "secret".toCharArray();

  private final Path folder;
  private final KeyStore keys;

  private PemFiles(Path folder, KeyStore keys) {
    this.folder = folder;
    this.keys = keys;
  }

  /**
   * Makes one by keytool.
   *
   * @param folder gets the files; is made
   */
  static PemFiles make(Path folder) throws Exception {
    Files.createDirectory(folder);
    Path store = folder.resolve("key.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process made =
        new ProcessBuilder(
                List.of(
                    keytool,
                    "-genkeypair",
                    "-alias",
                    NAME,
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + folder.getFileName(),
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    new String(PASSWORD)))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertEquals(0, made.waitFor());
    PemFiles files = new PemFiles(folder, KeyStore.getInstance(store.toFile(), PASSWORD));
    pem(files.certificate(), "CERTIFICATE", files.keys.getCertificate(NAME).getEncoded());
    pem(files.key(), "PRIVATE KEY", files.keys.getKey(NAME, PASSWORD).getEncoded());
    return files;
  }

  private static void pem(Path file, String label, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
  }

  /** Its certificate's file. */
  Path certificate() {
    return folder.resolve("cert.pem");
  }

  /** Its key's file. */
  Path key() {
    return folder.resolve("key.pem");
  }

  /** Believes this one, and shows the others' certificates. */
  SSLContext believer(PemFiles... own) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(NAME, keys.getCertificate(NAME));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManager[] shown = {};
    for (PemFiles one : own) {
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(one.keys, PASSWORD);
      shown = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown, trust.getTrustManagers(), null);
    return context;
  }
}
