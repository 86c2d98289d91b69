package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Builders that are part of bc. What they make is compared with Nix in {@code BuildOptionsTest};
 * the messages here are those of Nix 2.26.3, run once.
 */
class BuiltinBuildersTest {
  private final Workshop shop;

  BuiltinBuildersTest(@TempDir Path folder) {
    this.shop = new Workshop(folder);
  }

  private Workshop.Draft builtin(String name) {
    return shop.draft(name).builder("builtin:" + name).system("builtin");
  }

  private StorePath file(String name, String content) {
    return shop.draft(name)
        .add(
            run -> {
              run.write("out", content);
              return 0;
            });
  }

  private StorePath add(Workshop.Draft draft) {
    return draft.add(run -> 1);
  }

  /** What the builder said before it ended with status 1. */
  private String refused(StorePath drv) {
    BuildException e = assertThrows(BuildException.class, () -> shop.realise(drv));
    String start = "builder for '" + shop.print(drv) + "' failed with exit code 1;";
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    int from = e.getMessage().indexOf("> error: ") + 9;
    return e.getMessage().substring(from, e.getMessage().indexOf("\n       For full"));
  }

  @Test
  void anUnknownOneIsNamed() {
    assertEquals("unsupported builtin builder 'nonsense'", refused(add(builtin("nonsense"))));
  }

  @Test
  void theOnlyEntryOfAChannelIsRenamed() throws Exception {
    StorePath drv =
        add(
            builtin("unpack-channel")
                .needs("src", file("archive", "one"), "out")
                .env("channelName", "stable"));

    FileTree.Directory tree = (FileTree.Directory) shop.store.open(shop.out(drv));

    assertEquals(List.of("stable"), tree.entries().stream().map(FileTree.Entry::name).toList());
  }

  @Test
  void aChannelHasOneEntry() {
    StorePath drv =
        add(
            builtin("unpack-channel")
                .needs("src", file("archive", "one two"), "out")
                .env("channelName", "stable"));
    String src = shop.derivations.apply(drv).env().get("src");

    assertEquals("channel tarball '" + src + "' contains more than one file", refused(drv));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../stable", "a/b", "/", ".."})
  void aChannelsNameLeadsNowhereElse(String name) {
    StorePath drv =
        add(
            builtin("unpack-channel")
                .needs("src", file("archive", "one"), "out")
                .env("channelName", name));

    assertEquals(
        "channelName is not allowed to contain filesystem separators, got " + name, refused(drv));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../../../etc/passwd", "/nix/store", "/"})
  void nothingButInputsIsRead(String src) {
    assertEquals(
        "failed to open archive: '" + src + "' is no file",
        refused(add(builtin("unpack-channel").env("src", src).env("channelName", "stable"))));
  }

  @Test
  void anotherObjectIsNoInput() throws Exception {
    String other = shop.print(shop.out(file("archive", "one")));

    assertEquals(
        "failed to open archive: '" + other + "' is no file",
        refused(add(builtin("unpack-channel").env("src", other).env("channelName", "stable"))));
  }

  @ParameterizedTest
  @CsvSource({"true 5", "true 5 2 /nix/store/x", "true five 1 /nix/store/x", "true 5 -1 x"})
  void packagesAreToldInFours(String words) {
    assertTrue(
        refused(add(builtin("buildenv").env("derivations", words).env("manifest", "/m")))
            .startsWith("attribute 'derivations': expected"));
  }

  private Workshop.Draft fetch(String url, String content) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes(content));
    return builtin("fetchurl")
        .output("out", new DerivationOutput.Fixed(new ContentAddress(IngestionMethod.FLAT, hash)))
        .env("url", url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "///etc/passwd", "//host/etc/passwd", "/etc/%70asswd"})
  void filesOfTheMachineAreNotFetched(String path) {
    String said = refused(add(fetch("file:" + path, "content of file:" + path)));

    assertTrue(said.startsWith("unable to download 'file:" + path + "'"), said);
    assertEquals(List.of(), shop.downloads);
  }

  @Test
  void filesOfInputsAreFetched() throws Exception {
    String input = shop.print(shop.out(file("one", "of the input")));
    StorePath drv =
        add(
            fetch("file://" + input, "of the input")
                .needs("src", file("one", "of the input"), "out"));

    assertEquals("of the input", shop.store.read(shop.out(drv)));
    assertEquals(List.of(), shop.downloads);
  }

  @Test
  void mirrorsAreAskedFirst() throws Exception {
    // printf 'content of http://host/file' | sha256sum
    String hash = "0f595fab1d79d91e92a6454e400c7f46f5181a7a8fb526af4e4a41397d782fc0";
    StorePath drv =
        add(
            builtin("fetchurl")
                .output(
                    "out", new DerivationOutput.Fixed(ContentAddress.parse("fixed:sha256:" + hash)))
                .env("url", "http://host/file"));

    StorePath out =
        shop.realise(TestSettings.mirrors("broken:first", "broken:second/"), drv)
            .get(drv)
            .get("out");

    assertEquals("content of http://host/file", shop.store.read(out));
    assertEquals(
        List.of("broken:first/sha256/" + hash, "broken:second/sha256/" + hash, "http://host/file"),
        shop.downloads);
  }
}
