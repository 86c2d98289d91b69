package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.net.Netrc;
import org.buildchain.substituter.upload.CacheFiles;
import org.buildchain.substituter.upload.Destinations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each place holds to that takes a cache's files. */
class CacheFilesTest {
  private static final String BUCKET = "written.cache-1";

  /** Its characters are spelled otherwise in URLs and signatures. */
  private static final String ODD = "realisations/sha256:" + "ab".repeat(32) + "!out+x=1.doi";

  @TempDir private static Path folder;
  private static S3Server s3;
  private static PutServer web;
  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir private Path own;

  enum Place {
    FOLDER,
    HTTP,
    S3
  }

  @BeforeAll
  static void serve() throws IOException {
    Files.createDirectories(folder.resolve("buckets").resolve(BUCKET));
    s3 = new S3Server(folder);
    web = new PutServer();
  }

  @AfterAll
  static void stop() {
    web.close();
    s3.close();
  }

  private CacheFiles open(Place place, String secret) throws IOException {
    String url =
        switch (place) {
          case FOLDER -> "file://" + own.resolve("a/cache");
          case HTTP -> web.url() + "/" + own.getFileName();
          case S3 -> "s3://" + BUCKET + "?region=eu-west-1&endpoint=http://" + s3.endpoint();
        };
    return new Destinations(
            client,
            Optional.of(Netrc.parse(PutServer.NETRC.replace("secret", secret))),
            Duration.ofMinutes(1),
            Files.createDirectories(own.resolve("spool")),
            Map.of(
                "AWS_ACCESS_KEY_ID",
                S3Server.ID,
                "AWS_SECRET_ACCESS_KEY",
                secret.equals("secret") ? S3Server.SECRET : secret),
            own)
        .open(CacheUrl.parse(url));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void add(CacheFiles files, String name, byte[] content) throws IOException {
    Path draft = files.draft();
    try {
      Files.write(draft, content);
      files.add(name, "application/x-nix-nar", draft, Hash.of(HashAlgorithm.SHA256, content));
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsThere(Place place) throws IOException {
    CacheFiles files = open(place, "secret");
    assertFalse(files.has(ODD));
    assertEquals(Optional.empty(), files.read(ODD, 100));
    for (String content : new String[] {"first", "second", ""}) {
      files.write(ODD, "application/json", text(content));
      assertTrue(files.has(ODD));
      assertArrayEquals(text(content), files.read(ODD, 100).orElseThrow());
    }
    files.write("nix-cache-info", "text/x-nix-cache-info", text("StoreDir: /nix/store\n"));
    assertEquals(21, files.read("nix-cache-info", 21).orElseThrow().length);
    assertThrows(IOException.class, () -> files.read("nix-cache-info", 20));
  }

  @ParameterizedTest
  @EnumSource
  void filesAreTakenOnce(Place place) throws IOException {
    CacheFiles files = open(place, "secret");
    byte[] content = new byte[3 << 20];
    new Random(3).nextBytes(content);
    String name = "nar/" + place + ".nar";
    assertFalse(files.has(name));
    add(files, name, content);
    assertTrue(files.has(name));
    assertArrayEquals(content, files.read(name, content.length).orElseThrow());
    add(files, name, content);
    add(files, "nar/empty.nar", new byte[0]);
    assertEquals(0, files.read("nar/empty.nar", 1).orElseThrow().length);
    try (Stream<Path> all = Files.walk(own)) {
      assertEquals(0, all.filter(p -> p.toString().endsWith(".tmp")).count());
    }
    try (Stream<Path> all = Files.list(own.resolve("spool"))) {
      assertEquals(0, all.count());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP", "S3"})
  void whoMayNotIsRefused(Place place) throws IOException {
    CacheFiles files = open(place, "another-secret");
    String message =
        assertThrows(IOException.class, () -> files.write("refused", "text/plain", text("x")))
            .getMessage();
    assertTrue(message.contains("HTTP error 40"), message);
    assertFalse(message.contains("another-secret"), message);
    assertFalse(open(place, "secret").has("refused"));
    assertThrows(IOException.class, () -> add(files, "nar/refused", text("x")));
    assertFalse(open(place, "secret").has("nar/refused"));
  }

  /** As Nix makes them with the usual umask. */
  @Test
  void othersCanReadAFolder() throws IOException {
    CacheFiles files = open(Place.FOLDER, "secret");
    add(files, "nar/x.nar", text("x"));
    files.write("y.narinfo", "text/x-nix-narinfo", text("y"));
    try (Stream<Path> all = Files.walk(own.resolve("a/cache"))) {
      for (Path path : all.toList()) {
        assertEquals(
            Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path.toString());
      }
    }
  }

  @Test
  void nothingIsWrittenOutsideOfAFolder() throws IOException {
    CacheFiles files = open(Place.FOLDER, "secret");
    for (String name : new String[] {"../x", "nar/../../x", "/tmp/x", "", "."}) {
      assertThrows(IOException.class, () -> files.write(name, "text/plain", text("x")), name);
      assertThrows(IOException.class, () -> add(files, name, text("x")), name);
    }
    // A link is replaced, not written through.
    Path outside = Files.writeString(own.resolve("outside"), "kept");
    Files.createSymbolicLink(own.resolve("a/cache/z.narinfo"), outside);
    files.write("z.narinfo", "text/x-nix-narinfo", text("z"));
    assertEquals("kept", Files.readString(outside));
    assertEquals("z", Files.readString(own.resolve("a/cache/z.narinfo")));
  }
}
