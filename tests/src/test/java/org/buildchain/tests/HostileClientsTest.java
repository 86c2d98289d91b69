package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients of the socket for Nix's programs add that should not be: it is refused with a
 * message, nothing is stored, and the daemon goes on, with the same client too where its next
 * request can be found. Numbers are those of {@code worker-protocol.hh} of Nix 2.26.
 */
@Timeout(120)
final class HostileClientsTest {
  private static final long ADD_TO_STORE = 7;
  private static final long ADD_TO_STORE_NAR = 39;
  private static final long ADD_MULTIPLE = 44;
  private static final long TIB = 1L << 40;
  private static final StorePath PATH = StorePath.parse("%032d-thing-2.0".formatted(2));
  private static final StorePath OLDER = StorePath.parse("%032d-thing-2.0".formatted(3));
  private static final SecretKey KEY = SecretKey.generate("trusted-1");
  private static final SecretKey STRANGER = SecretKey.generate("trusted-1");

  private static Bc bc;

  private NixClient client;
  private List<String> before = List.of();

  @BeforeAll
  static void start() throws IOException {
    bc = new Bc();
    Files.writeString(
        bc.root().resolve("bc.conf"),
        "daemon-warm-up = false\ntrusted-public-keys = " + KEY.publicKey() + "\n");
    bc.run("daemon", "start").orFail();
  }

  @AfterAll
  static void stop() {
    bc.close();
  }

  @BeforeEach
  void greet() throws IOException {
    client = new NixClient(bc).greet();
    before = client.paths();
  }

  /** Whatever it was, nothing of it is left, and others are served. */
  @AfterEach
  void nothingIsStored() throws IOException {
    client.close();
    try (NixClient other = new NixClient(bc).greet()) {
      assertEquals(before, other.paths());
    }
  }

  /** A folder with empty files of these names, in this order. */
  private static byte[] folder(String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginDirectory();
    for (String name : names) {
      writer.beginEntry(name);
      writer.beginFile(false, 0);
      writer.endFile(0);
      writer.endEntry();
    }
    writer.endDirectory();
    return out.toByteArray();
  }

  /** The head of a file of so many bytes. */
  private static byte[] head(long size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginFile(false, size);
    return out.toByteArray();
  }

  private static byte[] fingerprint(StorePath path, byte[] nar) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, nar);
    return new Fingerprint(StoreDir.DEFAULT, path, hash, nar.length, new TreeSet<>()).bytes();
  }

  /** What is said of an object, as both requests have it. */
  private static byte[] said(StorePath path, byte[] nar, long size, Optional<String> signature) {
    Words words = new Words().text("/nix/store/" + path).text("");
    byte[] digest = Hash.of(HashAlgorithm.SHA256, nar).bytes();
    words.text(HexFormat.of().formatHex(digest)).number(0).number(0).number(size).number(0);
    words.number(signature.isPresent() ? 1 : 0);
    signature.ifPresent(words::text);
    return words.text("").bytes();
  }

  /** Values of the protocol. */
  private static final class Words {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Words number(long number) {
      out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
      return this;
    }

    Words text(String text) {
      number(text.length());
      out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      out.writeBytes(new byte[-text.length() & 7]);
      return this;
    }

    Words raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }

  private void send(byte[] bytes) throws IOException {
    client.write(ByteBuffer.wrap(bytes));
  }

  /** Up to where the NAR's frames begin; whether signatures matter. */
  private void beginNar(byte[] nar, long size, boolean unchecked, Optional<String> signature)
      throws IOException {
    client.send(ADD_TO_STORE_NAR);
    send(said(PATH, nar, size, signature));
    client.send(0, unchecked ? 1 : 0);
  }

  private void beginTree(String method) throws IOException {
    client.send(ADD_TO_STORE);
    client.sendText("thing-2.0");
    client.sendText(method);
    client.send(0, 0);
  }

  private void frame(byte[] bytes) throws IOException {
    client.send(bytes.length);
    send(bytes);
  }

  private void isRefused(String why) throws IOException {
    String error = client.error();
    assertTrue(error.contains(why), error);
    assertFalse(client.isValid("/nix/store/" + PATH));
  }

  /** By each request that adds a NAR. */
  private void isRefusedByAll(byte[] nar, long size, String why) throws IOException {
    beginNar(nar, size, true, Optional.empty());
    frame(nar);
    client.send(0);
    isRefused(why);

    client.send(ADD_MULTIPLE, 0, 1);
    frame(new Words().number(1).raw(said(PATH, nar, size, Optional.empty())).raw(nar).bytes());
    client.send(0);
    isRefused(why);

    beginTree("fixed:r:sha256");
    frame(nar);
    client.send(0);
    isRefused("NAR of 'thing-2.0'");
  }

  @Test
  void narsThatNoNixWritesAreRefused() throws IOException {
    for (String[] names :
        List.of(
            new String[] {"b", "a"},
            new String[] {"a", "a"},
            new String[] {".."},
            new String[] {"."},
            new String[] {"../x"},
            new String[] {"a/b"},
            new String[] {"/etc"},
            new String[] {"a\0b"},
            new String[] {"A", "a~nix~case~hack~1"},
            new String[] {""})) {
      byte[] nar = folder(names);
      isRefusedByAll(nar, nar.length, "NAR of '/nix/store/" + PATH);
    }
  }

  @Test
  void moreThanThereIsRoomForIsRefusedAtOnce() throws IOException {
    // The frames do not end: what was said is enough.
    byte[] bomb = head(TIB);
    beginNar(bomb, TIB + 200, true, Optional.empty());
    frame(bomb);
    assertTrue(client.error().contains("free"));
    client.send(0);
    beginTree("fixed:r:sha256");
    frame(bomb);
    assertTrue(client.error().contains("there is room for"));
    client.send(0);
    isRefusedByAll(bomb, bomb.length, "NAR of '/nix/store/" + PATH);
  }

  @Test
  void textsHaveALimit() throws IOException {
    beginTree("text:sha256");
    byte[] mebibyte = new byte[1 << 20];
    for (int i = 0; i < 65; i++) {
      frame(mebibyte);
    }
    assertTrue(client.error().contains("is longer than"));
    client.send(0);
    assertFalse(client.isValid("/nix/store/" + PATH));
  }

  @Test
  void whatEndsEarlyOrIsAnotherIsRefused() throws IOException {
    byte[] nar = folder("a", "b");
    byte[] cut = Arrays.copyOf(nar, nar.length - 16);
    isRefusedByAll(cut, cut.length, "NAR of '/nix/store/" + PATH);
    byte[] other = folder("a", "c");
    beginNar(nar, nar.length, true, Optional.empty());
    frame(other);
    client.send(0);
    isRefused("hash mismatch");
    // What is stated is shorter, longer.
    for (long size : new long[] {nar.length - 8, nar.length + 8}) {
      beginNar(nar, size, true, Optional.empty());
      frame(nar);
      client.send(0);
      assertFalse(client.error().isEmpty());
      assertFalse(client.isValid("/nix/store/" + PATH));
    }
  }

  @Test
  void signaturesCountForTheirPathAndContentAlone() throws IOException {
    byte[] nar = folder("a");
    byte[] changed = folder("b");
    List<Optional<String>> wrong =
        List.of(
            Optional.empty(),
            // Of an older build's path, of other content, of a stranger by the same name.
            Optional.of(KEY.sign(fingerprint(OLDER, nar))),
            Optional.of(KEY.sign(fingerprint(PATH, changed))),
            Optional.of(STRANGER.sign(fingerprint(PATH, nar))),
            Optional.of("trusted-1:" + "A".repeat(86) + "=="),
            Optional.of("no signature"));
    for (Optional<String> signature : wrong) {
      beginNar(nar, nar.length, false, signature);
      frame(nar);
      client.send(0);
      isRefused("lacks a signature by a trusted key");
    }
  }

  @Test
  void namesOfPathsStayWithinTheStore() throws IOException {
    for (String path :
        List.of(
            "/etc/passwd",
            "/nix/store/../../etc/passwd",
            "/nix/store/" + PATH + "/../x",
            "/nix/store/" + PATH.hashPart() + "-",
            "/nix/store/" + PATH.hashPart() + "-a/b",
            "/nix/store/" + PATH.hashPart() + "-a\0b",
            "/nix/store/.links")) {
      try (NixClient other = new NixClient(bc).greet()) {
        other.send(ADD_TO_STORE_NAR);
        other.sendText(path);
        assertFalse(other.error().isEmpty());
        assertTrue(other.isClosed());
      }
    }
    for (String name : List.of("", ".", "..", "../x", "a/b", "a\0b", "x".repeat(212))) {
      client.send(ADD_TO_STORE);
      client.sendText(name);
      client.sendText("fixed:r:sha256");
      client.send(0, 0);
      frame(folder("a"));
      client.send(0);
      assertTrue(client.error().contains("name"), name);
    }
  }

  @Test
  void framesHaveALimit() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, TIB}) {
      try (NixClient other = new NixClient(bc).greet()) {
        client.close();
        client = other;
        beginTree("fixed:r:sha256");
        other.send(length);
        assertTrue(other.error().contains("length of a frame"));
        assertTrue(other.isClosed());
      }
    }
  }

  @Test
  void whoBreaksOffWithinAFrameLeavesNothing() throws IOException {
    byte[] nar = folder("a", "b");
    for (int at = 0; at < nar.length; at += 40) {
      try (NixClient other = new NixClient(bc).greet()) {
        client.close();
        client = other;
        beginNar(nar, nar.length, true, Optional.empty());
        other.send(nar.length);
        other.write(ByteBuffer.wrap(nar, 0, at));
      }
    }
  }

  @Test
  void whoStopsWithinAFrameHoldsUpNobody() throws IOException {
    byte[] nar = folder("a", "b");
    beginNar(nar, nar.length, true, Optional.empty());
    client.send(nar.length);
    client.write(ByteBuffer.wrap(nar, 0, 50));
    try (NixClient other = new NixClient(bc).greet()) {
      assertFalse(other.isValid("/nix/store/" + PATH));
    }
    bc.run("store", "gc").orFail();
  }

  /** Who does not stop when told is cut off; until then it may send what was on its way. */
  @Test
  void framesThatNeverEndAreCutOff() throws IOException {
    byte[] bad = folder("b", "a");
    beginNar(bad, bad.length, true, Optional.empty());
    frame(bad);
    assertTrue(client.error().contains("NAR of"));
    byte[] mebibyte = new byte[1 << 20];
    assertThrows(
        IOException.class,
        () -> {
          while (true) {
            frame(mebibyte);
          }
        });
  }
}
