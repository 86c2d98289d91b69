package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What derivations may say about their builds and outputs. */
class OptionsTest {
  private final Path folder;
  private final Workshop shop;

  OptionsTest(@TempDir Path folder) {
    this.folder = folder;
    this.shop = new Workshop(folder);
  }

  private Workshop.Draft referring(String name) {
    StorePath dep =
        shop.draft("dep")
            .add(
                run -> {
                  run.write("out", "dep");
                  return 0;
                });
    return shop.draft(name).needs("dep", dep, "out");
  }

  private static int refer(Workshop.Run run) throws Exception {
    run.write("out", run.env("dep") + " " + run.env("out"));
    return 0;
  }

  @ParameterizedTest
  @CsvSource({
    "allowedReferences, out, /nix/store/*-dep",
    "allowedReferences, '', both",
    "disallowedReferences, out, /nix/store/*-a",
    "allowedRequisites, '', /nix/store/*-dep",
    "allowedRequisites, out, /nix/store/*-dep",
  })
  void referencesThatAreNotAllowedAreNamed(String option, String value, String bad) {
    StorePath drv = referring("a").env(option, value).add(OptionsTest::refer);

    String message = assertThrows(BuildException.class, () -> shop.realise(drv)).getMessage();

    String start = "output '" + shop.derivations.apply(drv).env().get("out");
    assertTrue(
        message.startsWith(start + "' is not allowed to refer to the following paths:\n"), message);
    assertEquals(bad.equals("both") ? 3 : 2, message.lines().count(), message);
    assertTrue(
        bad.equals("both")
            || message.lines().skip(1).allMatch(l -> l.endsWith(bad.substring(bad.indexOf('-')))),
        message);
    assertTrue(shop.store.allPaths().stream().noneMatch(p -> p.name().equals("a")));
  }

  @Test
  void allowedReferencesPass() throws Exception {
    Workshop.Draft draft = referring("a");
    String dep =
        shop.print(
            shop.derivations
                .apply(
                    shop.store.allPaths().stream()
                        .filter(p -> p.name().equals("dep.drv"))
                        .findAny()
                        .orElseThrow())
                .outputs()
                .get("out")
                .path(shop.store.dir(), "dep", "out")
                .orElseThrow());
    StorePath drv =
        draft
            .env("allowedReferences", "out " + dep)
            .env("disallowedRequisites", "out")
            .add(OptionsTest::refer);

    assertEquals(2, shop.store.query(shop.out(drv)).orElseThrow().references().size());
  }

  @Test
  void aWrongSpecifierIsNamed() {
    StorePath drv = referring("a").env("allowedReferences", "nonsense").add(OptionsTest::refer);

    assertEquals(
        "derivation contains an illegal reference specifier 'nonsense'",
        assertThrows(BuildException.class, () -> shop.realise(drv)).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"out\":{\"maxSize\":100}} | is too large at ",
        "{\"out\":{\"maxClosureSize\":200}} | closure of path",
        "{\"out\":{\"disallowedReferences\":[\"out\"]}} | is not allowed to refer to",
        "{\"out\":{\"allowedReferences\":\"out\"}} | must be a list of strings",
        "{\"out\":{\"maxSize\":\"100\"}} | must be a number",
        "{\"dev\":{\"maxSize\":0}} |",
      })
  void structuredChecks(String checks, String problem) throws Exception {
    StorePath drv = shop.draft("a").env("__json", "{\"outputChecks\":" + checks + "}").add(_ -> 1);
    // Structured attributes leave the environment to the files.
    shop.scripts.put(
        "",
        run -> {
          Path json = run.job().buildDir().resolve(".attrs.json");
          String text = Files.readString(json);
          int at = text.indexOf("\"out\":\"/nix/store/") + "\"out\":\"/nix/store/".length();
          String name = text.substring(at, text.indexOf('"', at));
          Files.writeString(run.job().outputDir().resolve(name), name + "x".repeat(1000));
          return 0;
        });

    if (problem == null) {
      shop.realise(drv);
    } else {
      String message = assertThrows(BuildException.class, () -> shop.realise(drv)).getMessage();
      assertTrue(message.contains(problem), message);
    }
  }

  @Test
  void hostPathsMustBeAllowed() throws Exception {
    Path allowed = Files.createDirectories(folder.resolve("host"));
    Files.writeString(allowed.resolve("file"), "x");
    List<String> prefix = List.of(allowed.toString());
    AtomicReference<Map<String, String>> seen = new AtomicReference<>();
    Workshop.Script look =
        run -> {
          seen.set(run.job().hostPaths());
          run.write("out", "x");
          return 0;
        };
    StorePath inside =
        shop.draft("inside")
            .env("__impureHostDeps", allowed + "/file " + allowed + "/absent " + allowed + "/./")
            .add(look);

    shop.realise(TestSettings.hostPaths(List.of("/x=" + allowed, "/gone?"), prefix), inside);

    assertEquals(
        new TreeMap<>(
            Map.of(
                "/x",
                allowed.toString(),
                allowed.toString(),
                allowed.toString(),
                allowed + "/file",
                allowed + "/file")),
        seen.get());
    for (String outside :
        new String[] {"/", allowed + "/../other", allowed + "beside", "relative", "/etc/shadow"}) {
      StorePath drv = shop.draft("o").env("__impureHostDeps", outside).add(look);
      assertEquals(
          "derivation '"
              + shop.print(drv)
              + "' requested impure path '"
              + outside
              + "', but it was not in allowed-impure-host-deps",
          assertThrows(
                  BuildException.class,
                  () -> shop.realise(TestSettings.hostPaths(List.of(), prefix), drv))
              .getMessage());
    }
    StorePath plain = shop.draft("plain").add(look);
    assertTrue(
        assertThrows(
                BuildException.class,
                () -> shop.realise(TestSettings.hostPaths(List.of("/gone"), prefix), plain))
            .getMessage()
            .contains("'/gone' does not exist"));
  }

  @Test
  void requiredFeaturesThatAreThereDoNoHarm() throws Exception {
    StorePath drv =
        shop.draft("a")
            .env("requiredSystemFeatures", "kvm")
            .add(
                run -> {
                  run.write("out", "x");
                  return 0;
                });
    assertEquals(1, shop.realise(TestSettings.features("kvm", "big-parallel"), drv).size());
  }

  @Test
  void onlyFixedOutputsSeeTheNetwork() throws Exception {
    List<Boolean> network = new ArrayList<>();
    Workshop.Script look =
        run -> {
          network.add(run.job().network());
          run.write("out", "x");
          return 0;
        };
    StorePath plain = shop.draft("plain").add(look);
    StorePath fixed =
        shop.draft("fixed")
            .output(
                "out",
                new DerivationOutput.Fixed(
                    ContentAddress.parse(
                        "fixed:sha256:"
                            // printf x | sha256sum
                            + "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")))
            .add(look);
    shop.out(plain);
    shop.out(fixed);

    assertEquals(List.of(false, true), network);
  }

  @Test
  void referencesMayBeDiscarded() throws Exception {
    StorePath drv =
        shop.draft("a").env("__json", "{\"unsafeDiscardReferences\":{\"out\":true}}").add(_ -> 0);
    StorePath out =
        shop.derivations
            .apply(drv)
            .outputs()
            .get("out")
            .path(shop.store.dir(), "a", "out")
            .orElseThrow();
    shop.scripts.put(
        "",
        run -> {
          Files.writeString(run.job().outputDir().resolve(out.toString()), out.toString());
          return 0;
        });

    shop.realise(drv);

    assertEquals(new TreeSet<>(), shop.store.query(out).orElseThrow().references());
  }
}
