package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.Store.RealisationId;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.fetch.Caches;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache that the machine's Nix made, in a bucket of an S3 server that checks signatures. */
class S3Test {
  private static final String BUCKET = "nix.cache-1";

  @TempDir private static Path folder;
  @TempDir private Path own;
  private static S3Server server;
  private static StorePath path;

  private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void serve() throws IOException {
    byte[] content = new byte[5 << 20];
    new Random(4).nextBytes(content);
    Files.write(folder.resolve("large"), content);
    String bucket = folder.resolve("buckets").resolve(BUCKET).toString();
    Files.createDirectories(Path.of(bucket));
    path =
        StoreDir.DEFAULT.parse(
            Command.run(
                    folder,
                    Map.of("HOME", folder.toString()),
                    List.of(
                        "sh",
                        "-ec",
                        "path=$(nix-store --store ./store --add large)\n"
                            + "nix --extra-experimental-features nix-command copy --store ./store"
                            + " --to 'file://"
                            + bucket
                            + "' $path\n"
                            + "echo $path"))
                .orFail()
                .strip());
    server = new S3Server(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private boolean fetches(Map<String, String> env) throws Exception {
    try (DiskStore store =
            new DiskStore(own.resolve("store"), StoreDir.DEFAULT, Clock.systemUTC());
        Caches caches =
            new Caches(
                Clock.systemUTC(), ProxySelector.of(null), Duration.ofMinutes(1), env, own)) {
      Substituter substituter = substituter(caches, store);
      if (!substituter.query(Set.of(path), notes::add).containsKey(path)) {
        return false;
      }
      substituter.fetch(path, notes::add);
      assertEquals(0, store.verify(problem -> {}));
      return store.isValid(path);
    }
  }

  private Substituter substituter(Caches caches, DiskStore store) {
    String url = "s3://" + BUCKET + "?scheme=http&region=eu-west-1&endpoint=" + server.endpoint();
    return caches.substituter(
        new Caches.Options(
            List.of(url),
            List.of(),
            false,
            1,
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Optional.empty(),
            false),
        store);
  }

  private static Map<String, String> keys(String id, String secret) {
    return Map.of("AWS_ACCESS_KEY_ID", id, "AWS_SECRET_ACCESS_KEY", secret);
  }

  @Test
  void whatNixPutThereIsFetched() throws Exception {
    assertTrue(fetches(keys(S3Server.ID, S3Server.SECRET)), notes.toString());
  }

  @Test
  void theServerRefusesWhoHasNotTheKey() throws Exception {
    assertFalse(fetches(keys(S3Server.ID, "another-secret")));
    assertTrue(notes.toString().contains("does not appear to be a binary cache"), notes.toString());
    assertFalse(fetches(keys("another-id", S3Server.SECRET)));
  }

  @Test
  void whatAllMayReadTakesNoKey() throws Exception {
    assertTrue(fetches(Map.of()), notes.toString());
  }

  /** Their names have characters that signatures spell otherwise. */
  @Test
  void realisationsAreFetched() throws Exception {
    // As Nix 2.26.3 wrote it: see RealisationsTest in substituter.
    String id = "sha256:ba46c26a85b2ac0e602486a142acd23fd05e42ed5332850fab22107d15d48117!out";
    Path file =
        folder.resolve("buckets").resolve(BUCKET).resolve("realisations").resolve(id + ".doi");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "{\"dependentRealisations\":{},\"id\":\""
            + id
            + "\",\"outPath\":\"r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain\",\"signatures\":[]}");
    try (DiskStore store =
            new DiskStore(own.resolve("store"), StoreDir.DEFAULT, Clock.systemUTC());
        Caches caches =
            new Caches(
                Clock.systemUTC(),
                ProxySelector.of(null),
                Duration.ofMinutes(1),
                keys(S3Server.ID, S3Server.SECRET),
                own)) {
      RealisationId plain = RealisationId.parse(id);
      assertEquals(
          "r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain",
          substituter(caches, store)
              .realisation(plain, _ -> Optional.empty(), notes::add)
              .get(plain)
              .path()
              .toString());
    }
  }

  @Test
  void nixTakesWhatBcPutThere() throws IOException {
    String bucket = "written.by-bc";
    Path files = Files.createDirectories(folder.resolve("buckets").resolve(bucket));
    Map<String, String> env = new HashMap<>(keys(S3Server.ID, S3Server.SECRET));
    env.put("HOME", own.toString());
    try (Bc bc = new Bc()) {
      env.put("BC_ROOT", bc.root().toString());
      String sent = bc.run(folder, "store", "add", "large").orFail().strip();
      List<String> copy =
          List.of(
              Bc.program().toString(),
              "copy",
              "--to",
              "s3://" + bucket + "?scheme=http&region=eu-west-1&endpoint=" + server.endpoint(),
              sent);
      env.put("AWS_SECRET_ACCESS_KEY", "another-secret");
      Command.Result refused = Command.run(own, env, copy);
      assertEquals(1, refused.status());
      assertTrue(refused.err().contains("HTTP error 403"), refused.err());
      assertFalse(refused.err().contains("another-secret"), refused.err());
      env.put("AWS_SECRET_ACCESS_KEY", S3Server.SECRET);
      Command.run(own, env, copy).orFail();
      Command.run(
              own,
              env,
              List.of(
                  "nix",
                  "--extra-experimental-features",
                  "nix-command",
                  "copy",
                  "--no-check-sigs",
                  "--from",
                  "file://" + files,
                  "--to",
                  own.resolve("nixs").toString(),
                  sent))
          .orFail();
      assertEquals(-1, Files.mismatch(folder.resolve("large"), own.resolve("nixs" + sent)));
    }
  }
}
