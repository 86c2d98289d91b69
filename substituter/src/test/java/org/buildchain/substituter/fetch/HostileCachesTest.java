package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.HostileNars;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.net.Netrc;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.Test;

/** Caches that lie, break off, stall, or want what is not theirs. */
class HostileCachesTest extends CacheFixture {
  @Test
  void whatIsNotSignedByATrustedKeyIsNotOffered() throws Exception {
    assertFalse(offered(substituter(server(40, Optional.empty()).url())));
    noted("not signed by any of the keys in 'trusted-public-keys'");
    // A key of the same name is another key.
    Server other = server(40, Optional.of(SecretKey.generate("good-1")));
    assertFalse(offered(substituter(other.url())));
    assertTrue(offered(substituter(other.url() + "?trusted=1")));
  }

  /** What a hostile cache says of {@code APP}, with a signature that a trusted key has made. */
  private void isRefused(String narinfo, byte[] file, String why) throws Exception {
    Server hostile = new Server(40);
    servers.add(hostile);
    hostile.text(APP.hashPart() + ".narinfo", narinfo);
    hostile.files.put("nar/app.nar", file);
    Substituter substituter = substituter(hostile.url());
    if (offered(substituter)) {
      assertThrows(IOException.class, () -> substituter.fetch(APP, notes::add));
    }
    noted(why);
    assertFalse(store.isValid(APP));
    notes.clear();
  }

  private static String signed(byte[] nar, long size) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, nar);
    byte[] fingerprint =
        new Fingerprint(StoreDir.DEFAULT, APP, hash, size, new TreeSet<>()).bytes();
    return new NarInfo(
            APP,
            "nar/app.nar",
            "none",
            Optional.empty(),
            OptionalLong.empty(),
            hash,
            size,
            new TreeSet<>(),
            Optional.empty(),
            List.of(KEY.sign(fingerprint)),
            Optional.empty())
        .print(StoreDir.DEFAULT);
  }

  @Test
  void hostileNarsAreRefusedAndNothingIsStored() throws Exception {
    for (byte[] bad : HostileNars.folders().toList()) {
      isRefused(signed(bad, bad.length), bad, "cannot fetch");
    }
    // What other systems take for the same name is two names here, and comes back as two.
    byte[] two = HostileNars.folder(List.of("A", "a"));
    Server cases = new Server(40);
    servers.add(cases);
    cases.text(APP.hashPart() + ".narinfo", signed(two, two.length));
    cases.files.put("nar/app.nar", two);
    substituter(cases.url()).fetch(APP, notes::add);
    assertEquals(2, ((FileTree.Directory) store.open(APP)).entries().size());
  }

  @Test
  void aNarThatDeclaresMoreThanThereIsRoomForIsRefused() throws Exception {
    byte[] bomb = HostileNars.head(1L << 40);
    isRefused(signed(bomb, bomb.length), bomb, "cannot fetch");
    isRefused(signed(bomb, (1L << 40) + 200), bomb, "cannot fetch");
  }

  @Test
  void whatSpeaksOfAnotherPathOrAnOlderBuildIsRefused() throws Exception {
    StorePath other = StorePath.parse("%032d-other-1.0".formatted(7));
    String mine = signed(nar, nar.length);
    isRefused(mine.replace(APP.toString(), other.toString()), nar, "is about");
    // The signature was made for the path of another build of the same name.
    StorePath older = StorePath.parse("%032d-%s".formatted(8, APP.name()));
    byte[] fingerprint =
        new Fingerprint(
                StoreDir.DEFAULT,
                older,
                Hash.of(HashAlgorithm.SHA256, nar),
                nar.length,
                new TreeSet<>())
            .bytes();
    isRefused(
        mine.replaceAll("Sig: .*", "Sig: " + KEY.sign(fingerprint).replace("$", "")),
        nar,
        "not signed by any of the keys");
    isRefused(mine.replace("nar/app.nar", "../../etc/passwd"), nar, "stays within the cache");
    isRefused(mine.replaceAll("NarSize: .*", "NarSize: 0"), nar, "NarSize");
    isRefused(mine + "NarSize: 5\n", nar, "stands twice");
  }

  /** A server that wants a name and a password, and sends who has them elsewhere for the NAR. */
  @Test
  void passwordsOfANetrcFileReachTheirHostAlone() throws Exception {
    Server closed = honest(40);
    Server elsewhere = honest(50);
    String narinfo = APP.hashPart() + ".narinfo";
    ConcurrentLinkedQueue<String> leaked = new ConcurrentLinkedQueue<>();
    for (String name : List.of("nix-cache-info", narinfo, "nar/app.nar")) {
      closed.behaviours.put(
          name,
          (exchange, file) -> {
            boolean moved = name.startsWith("nar/");
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            boolean known = "Basic bWU6c2VjcmV0".equals(given);
            exchange.getResponseHeaders().set("Location", elsewhere.url() + "/" + name);
            exchange.sendResponseHeaders(
                !known ? 401 : moved ? 302 : 200, known && !moved ? file.length : -1);
            if (known && !moved) {
              exchange.getResponseBody().write(file);
            }
            exchange.close();
          });
    }
    elsewhere.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          leaked.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file);
          exchange.close();
        });
    assertFalse(offered(substituter(closed.url())));
    // A new one remembers nothing.
    caches.close();
    store.close();
    open();
    Substituter known =
        caches.substituter(
            new Caches.Options(
                List.of(closed.url() + "?a=b"),
                List.of(KEY.publicKey()),
                true,
                1,
                PATIENCE,
                Duration.ofHours(1),
                Duration.ZERO,
                Optional.of(Netrc.parse("machine 127.0.0.1 login me password secret")),
                false),
            store);
    fetches(known);
    assertEquals(List.of(), List.copyOf(leaked));
  }

  @Test
  void aSignatureOfAnotherPathIsNone() throws Exception {
    Server server = honest(40);
    String text = info(Optional.of(KEY)).print(StoreDir.DEFAULT);
    server.text(APP.hashPart() + ".narinfo", text.replace("NarSize: 2", "NarSize: 3"));
    assertFalse(offered(substituter(server.url())));
    Server renamed = honest(40);
    renamed.text(APP.hashPart() + ".narinfo", text.replace("b-app", "b-bad"));
    assertFalse(offered(substituter(renamed.url())));
    noted("is about '/nix/store/2222222222222222222222222222222b-bad'");
    Server malformed = honest(40);
    malformed.text(APP.hashPart() + ".narinfo", text + "x");
    assertFalse(offered(substituter(malformed.url())));
    noted("its last line has no end");
  }

  @Test
  void whoVouchesForAnotherContentDoesNotCount() throws Exception {
    SecretKey second = SecretKey.generate("second-1");
    Server one = honest(10);
    Server other = server(20, Optional.of(second));
    Hash hash = Hash.of(HashAlgorithm.SHA256, new byte[1]);
    byte[] fingerprint = new Fingerprint(StoreDir.DEFAULT, APP, hash, 1, new TreeSet<>()).bytes();
    NarInfo info = info(Optional.empty());
    other.text(
        APP.hashPart() + ".narinfo",
        new NarInfo(
                APP,
                info.url(),
                "none",
                Optional.empty(),
                OptionalLong.empty(),
                hash,
                1,
                new TreeSet<>(),
                Optional.empty(),
                List.of(second.sign(fingerprint)),
                Optional.empty())
            .print(StoreDir.DEFAULT));
    List<PublicKey> both = List.of(KEY.publicKey(), second.publicKey());
    assertFalse(offered(substituter(2, both, one.url(), other.url())));
    assertTrue(offered(substituter(1, both, one.url(), other.url())));
  }

  @Test
  void aCacheThatLiesIsLeftForTheNext() throws Exception {
    Server liar = honest(10);
    byte[] other = nar.clone();
    other[1000] ^= 1;
    liar.files.put("nar/app.nar", other);
    fetches(substituter(liar.url(), honest(20).url()));
    noted("hash mismatch");
  }

  @Test
  void aCacheThatHasLostItIsLeftForTheNext() throws Exception {
    Server forgetful = honest(10);
    forgetful.files.remove("nar/app.nar");
    fetches(substituter(forgetful.url(), honest(20).url()));
    noted("there is no 'nar/app.nar'");
  }

  @Test
  void aCacheThatStallsIsLeftForTheNext() throws Exception {
    Server stalling = honest(10);
    stalling.behaviours.put(
        "nar/app.nar",
        (exchange, file) -> {
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file, 0, 1000);
          exchange.getResponseBody().flush();
          stalling.end.await();
        });
    fetches(
        substituter(
            Duration.ofSeconds(2), 1, List.of(KEY.publicKey()), stalling.url(), honest(20).url()));
    noted("stalled");
  }

  @Test
  void nobodyIsLeft() throws Exception {
    Server forgetful = honest(10);
    forgetful.files.remove("nar/app.nar");
    Substituter substituter = substituter(forgetful.url());
    assertTrue(offered(substituter));
    assertThrows(IOException.class, () -> substituter.fetch(APP, notes::add));
    assertFalse(store.isValid(APP));
  }
}
