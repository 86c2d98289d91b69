package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.derivation.ATerm;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outputs whose path follows from their content. */
class ContentAddressedTest {
  private static final Pattern ECHO = Pattern.compile("echo \"?([^;]*?)\"? > \\$(\\w+)");
  private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)");

  private final Workshop shop;
  private final Map<String, StorePath> drvs = new TreeMap<>();
  private final AtomicInteger runs = new AtomicInteger();

  ContentAddressedTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  /** Adds the derivations of {@code content-addressed.nix}, named by what their script says. */
  @BeforeEach
  void addDerivations() throws IOException {
    List<Store.Text> texts = new ArrayList<>();
    try (InputStream in = getClass().getResourceAsStream("content-addressed.drvs")) {
      for (String line : Octets.of(in.readAllBytes()).lines().toList()) {
        int space = line.indexOf(' ');
        StorePath path = StorePath.parse(line.substring(0, space));
        String name = Derivation.nameOf(path);
        drvs.merge(name, path, (a, _) -> a);
        drvs.put(name + (line.contains("; :") ? " other" : ""), path);
        Derivation drv = ATerm.parse(line.substring(space + 1), name, shop.store.dir());
        texts.add(drv.toText(shop.store.dir()));
        shop.scripts.put(name, this::echo);
      }
    }
    shop.store.addTexts(texts);
  }

  /** Does what the scripts in the corpus say: {@code echo text > $output; …}. */
  private int echo(Workshop.Run run) throws IOException {
    runs.incrementAndGet();
    run.print(run.env("out") + "\n");
    Matcher m = ECHO.matcher(run.job().args().get(1));
    while (m.find()) {
      String text = VARIABLE.matcher(m.group(1)).replaceAll(v -> run.env(v.group(1)));
      run.write(m.group(2), text + "\n");
    }
    return 0;
  }

  @ParameterizedTest
  @CsvSource({
    "ca-plain, out, r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain",
    "ca-plain other, out, r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain",
    "ca-self, out, a5crizwg2mbvbm0ckifw1fr6iicnbz4y-ca-self",
    "ca-flat, out, 90795zwcb4svxl361pds73p1l9kykgll-ca-flat",
    "ca-user, out, mpxnk20sacdgf1g1ndplr7rnm0p3jb76-ca-user",
    "ca-many, out, niwsxfkg4lppsvg6044rjf28irmw2by3-ca-many",
    "ca-many, dev, 9nq6j6i3vpc9gf1ba2jn31dpn1bdkysy-ca-many-dev",
    "ca-many, doc, ykwkr853kksr1jv7l0g5zgz7sf9wbbf4-ca-many-doc",
    "deferred, out, 8h5bsy6alzfn93z2p2syc4br5gchkwmq-deferred",
  })
  void pathsAreAsNixBuildsThem(String name, String output, String path) throws Exception {
    StorePath drv = drvs.get(name);

    assertEquals(path, shop.realise(drv).get(drv).get(output).toString());
  }

  @Test
  void buildersSeeNixsScratchPath() throws Exception {
    StorePath drv = drvs.get("ca-scratch");
    StorePath out = shop.out(drv);

    // The first is what the builder printed as $out under Nix 2.26.3.
    assertEquals(
        "/nix/store/rakd8qbcj68qsg7fc5rjaqxdvjls3s2w-ca-scratch\n",
        Octets.of(shop.logs.open(drv).orElseThrow().readAllBytes()));
    assertEquals("fxriggc3gf8nmamfgqx5rb40iv8q7v7k-ca-scratch", out.toString());
  }

  @Test
  void selfReferencesReadAsTheFinalPath() throws Exception {
    StorePath out = shop.out(drvs.get("ca-self"));
    String full = shop.print(out);

    assertEquals("self " + full + " and again " + full + "\n", shop.store.read(out));
    assertEquals(new TreeSet<>(List.of(out)), shop.store.query(out).orElseThrow().references());
  }

  @Test
  void outputsReferToEachOthersFinalPaths() throws Exception {
    StorePath drv = drvs.get("ca-many");
    SortedMap<String, StorePath> outputs = shop.realise(drv).get(drv);

    assertEquals(
        "dev " + shop.print(outputs.get("dev")) + " and " + shop.print(outputs.get("out")) + "\n",
        shop.store.read(outputs.get("dev")));
    assertEquals(
        new TreeSet<>(List.of(outputs.get("dev"))),
        shop.store.query(outputs.get("doc")).orElseThrow().references());
  }

  @Test
  void whatWasRealisedIsNotBuiltAgain() throws Exception {
    shop.out(drvs.get("deferred"));
    assertEquals(2, runs.get());
    shop.out(drvs.get("deferred"));
    assertEquals(2, runs.get());
    for (StorePath plain : List.of(drvs.get("ca-plain"), drvs.get("ca-plain other"))) {
      shop.out(plain);
      DerivedPath again = new DerivedPath.Built(plain, new TreeSet<>());
      assertTrue(shop.plan(again).isEmpty());
    }
  }

  @Test
  void equalInputsCutTheRebuildShort() throws Exception {
    // Two derivations with the same name need two that make the same content: the second is
    // resolved to what the first was, and not built.
    List<StorePath> users =
        shop.store.allPaths().stream().filter(p -> p.name().equals("ca-user.drv")).toList();
    assertEquals(2, users.size());
    shop.out(users.get(0));
    assertEquals(2, runs.get());

    assertEquals(shop.out(users.get(0)), shop.out(users.get(1)));
    assertEquals(3, runs.get());
  }

  @Test
  void itIsRecordedWhatSomethingWasMadeWith() throws Exception {
    // As in the cache to which Nix 2.26.3 copied the two: see RealisationsTest in substituter.
    Store.RealisationId plain =
        Store.RealisationId.parse(
            "sha256:ba46c26a85b2ac0e602486a142acd23fd05e42ed5332850fab22107d15d48117!out");
    Map<String, String> made =
        Map.of(
            "lh88l79rps6iygc8g8qnjm2ix1k5k8dv-ca-user.drv",
            "sha256:c6a1be1f5db1b5f4951630a1e426229857cac18295a93d7c7272724cdd7576a8!out",
            "gr5xkp5s63p86frpcird4hjz0zyy72ix-deferred.drv",
            "sha256:de11c83940af4849da44d14ec83fd603373b1dcf5edc3107efa64b289e79bef2!out");
    for (Map.Entry<String, String> e : made.entrySet()) {
      shop.out(StorePath.parse(e.getKey()));
      assertEquals(
          Map.of(plain, StorePath.parse("r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain")),
          shop.store.dependents(Store.RealisationId.parse(e.getValue())));
    }
    assertEquals(Map.of(), shop.store.dependents(plain));
  }

  @Test
  void whatIsKnownHereHoldsForWhatOthersMade() throws Exception {
    // Somebody else made ca-user with another ca-plain than stands here.
    Store.RealisationId plain =
        Store.RealisationId.parse(
            "sha256:ba46c26a85b2ac0e602486a142acd23fd05e42ed5332850fab22107d15d48117!out");
    StorePath here = shop.out(StorePath.parse("lshvg0wmqrf5lpdmrswdnyirw140vpnw-ca-plain.drv"));
    StorePath user = StorePath.parse("lh88l79rps6iygc8g8qnjm2ix1k5k8dv-ca-user.drv");
    List<Optional<StorePath>> known = new ArrayList<>();
    Substituter other =
        new Substituter() {
          @Override
          public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes) {
            return Map.of();
          }

          @Override
          public void fetch(StorePath path, Consumer<String> notes) throws IOException {
            throw new IOException(path + " was not offered");
          }

          @Override
          public Map<Store.RealisationId, Realised> realisation(
              Store.RealisationId id,
              Function<Store.RealisationId, Optional<StorePath>> local,
              Consumer<String> notes) {
            known.add(local.apply(plain));
            return Map.of();
          }
        };

    shop.realise(TestSettings.substituter(other, true), user);

    assertEquals(List.of(Optional.of(here)), known);
  }

  @Test
  void circlesBetweenOutputsAreRefused() {
    for (boolean floating : new boolean[] {true, false}) {
      Workshop.Draft draft = shop.draft("circle" + floating);
      if (floating) {
        draft.floating("out", "dev");
      } else {
        draft.output("dev", new DerivationOutput.Deferred());
      }
      StorePath drv =
          draft.add(
              run -> {
                run.write("out", run.env("dev"));
                run.write("dev", run.env("out"));
                return 0;
              });
      String message = assertThrows(BuildException.class, () -> shop.realise(drv)).getMessage();
      assertTrue(message.startsWith("cycle detected in build of '" + shop.print(drv)), message);
    }
  }

  @Test
  void linksAndNamesAreRewritten() throws Exception {
    StorePath drv =
        shop.draft("tree")
            .floating("out")
            .add(
                run -> {
                  Path out = Files.createDirectory(run.output("out"));
                  Files.createSymbolicLink(out.resolve("link"), Path.of(run.env("out"), "x"));
                  Files.writeString(out.resolve(out.getFileName().toString()), "empty");
                  return 0;
                });

    StorePath out = shop.out(drv);

    String nar = Octets.of(MemoryStore.nar(shop.store.open(out)));
    assertEquals(3, nar.split(out.hashPart(), -1).length, nar);
  }

  @Test
  void aFixedOutputWithTheRightHashIsStored() throws Exception {
    StorePath drv = shop.draft("f").output("out", fixed("content")).add(writer("content"));

    assertEquals("content", shop.store.read(shop.out(drv)));
  }

  @Test
  void aFixedOutputWithAnotherHashIsStoredWhereItBelongs() throws Exception {
    StorePath drv = shop.draft("f").output("out", fixed("content")).add(writer("abc"));

    BuildException e = assertThrows(BuildException.class, () -> shop.realise(drv));

    // Digests of "content" and of "abc" (FIPS 180-2, appendix B.1), by sha256sum.
    assertEquals(
        "hash mismatch in fixed-output derivation '"
            + shop.print(drv)
            + "':\n"
            + "         specified: sha256-7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=\n"
            + "            got:    sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        e.getMessage());
    assertEquals(102, e.exitStatus());
    StorePath right = shop.store.dir().makeContentAddressed("f", address("abc"), List.of(), false);
    assertEquals("abc", shop.store.read(right));
  }

  @Test
  void aFixedOutputMayNotRefer() {
    StorePath drv =
        shop.draft("f")
            .output("out", fixed("x"))
            .add(
                run -> {
                  run.write("out", run.env("out"));
                  return 0;
                });

    String message = assertThrows(BuildException.class, () -> shop.realise(drv)).getMessage();
    assertEquals(
        "fixed output derivation 'f' is not allowed to refer to other store paths.\n"
            + "       You may need to use the 'unsafeDiscardReferences' derivation attribute, see"
            + " the manual for more details.",
        message);
  }

  /** By Nix 2.26.3: status 102, with this message rather than with that of the hash. */
  @Test
  void aReferenceWeighsMoreThanTheHash() {
    ContentAddress wanted = new ContentAddress(IngestionMethod.NAR, address("x").hash());
    StorePath drv =
        shop.draft("f")
            .output("out", new DerivationOutput.Fixed(wanted))
            .add(
                run -> {
                  run.write("out", run.env("out"));
                  return 0;
                });

    BuildException e = assertThrows(BuildException.class, () -> shop.realise(drv));
    assertTrue(
        e.getMessage().startsWith("fixed-output derivations must not reference store paths: '"),
        e.getMessage());
    assertEquals(102, e.exitStatus());
  }

  @Test
  void aFlatOutputMustBeAPlainFile() {
    StorePath drv =
        shop.draft("f")
            .output("out", fixed("x"))
            .add(
                run -> {
                  Files.createDirectory(run.output("out"));
                  return 0;
                });

    String message = assertThrows(BuildException.class, () -> shop.realise(drv)).getMessage();
    assertTrue(message.contains("should be a non-executable regular file"), message);
  }

  @Test
  void fetchurlIsPartOfTheDaemon() throws Exception {
    StorePath drv =
        shop.draft("f")
            .builder("builtin:fetchurl")
            .env("url", "http://example.org/x")
            .output("out", fixed("content of http://example.org/x"))
            .add(_ -> 1);

    assertEquals("content of http://example.org/x", shop.store.read(shop.out(drv)));
  }

  private static ContentAddress address(String content) {
    return new ContentAddress(
        IngestionMethod.FLAT, Hash.of(HashAlgorithm.SHA256, Octets.bytes(content)));
  }

  private static DerivationOutput fixed(String content) {
    return new DerivationOutput.Fixed(address(content));
  }

  private static Workshop.Script writer(String content) {
    return run -> {
      run.write("out", content);
      return 0;
    };
  }
}
