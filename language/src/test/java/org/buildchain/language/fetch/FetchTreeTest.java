package org.buildchain.language.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.stream.Stream;
import org.buildchain.language.MemoryHost;
import org.buildchain.language.Nix;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How inputs are spelt. Expected values: Nix 2.26.3, {@code nix-instantiate --eval --strict
 * --extra-experimental-features 'flakes fetch-tree' -E}, of errors the message.
 */
class FetchTreeTest {
  static Stream<Arguments> spellings() {
    String rev = "5".repeat(40);
    String hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    return Stream.of(
        parsed(
            "github:o/r/main?dir=x",
            "{ dir = \"x\"; owner = \"o\"; ref = \"main\"; repo = \"r\"; type = \"github\"; }"),
        parsed(
            "git+https://a.b/c?ref=x&rev=" + rev + "&foo=1",
            "{ ref = \"x\"; rev = \""
                + rev
                + "\"; type = \"git\"; url = \"https://a.b/c?foo=1\"; }"),
        parsed(
            "path:/a/b?lastModified=5", "{ lastModified = 5; path = \"/a/b\"; type = \"path\"; }"),
        parsed("/a/b", "{ path = \"/a/b\"; type = \"path\"; }"),
        parsed("nixpkgs/x", "{ id = \"nixpkgs\"; ref = \"x\"; type = \"indirect\"; }"),
        parsed(
            "https://a.b/c.tar.gz?x=1&narHash=" + hash,
            "{ narHash = \""
                + hash
                + "\"; type = \"tarball\"; url = \"https://a.b/c.tar.gz?x=1\"; }"),
        parsed("file+https://a.b/c", "{ type = \"file\"; url = \"https://a.b/c\"; }"),
        parsed(
            "git+file:///a%20b?submodules=1",
            "{ submodules = true; type = \"git\"; url = \"file:///a%20b\"; }"),
        parsed("github:o/r?rev=x", "error: hash 'x' has wrong length for hash algorithm 'sha1'"),
        parsed("github:o", "error: flake reference 'github:o' is not an absolute path"),
        parsed("./x", "error: flake reference './x' is not an absolute path"),
        printed("type = \"path\"; path = \"/a\"; lastModified = 4;", "\"path:/a?lastModified=4\""),
        printed("type = \"git\"; url = \"git@x.y:z/a\";", "\"git+ssh://git@x.y/z/a\""),
        printed("type = \"x\";", "error: cannot show unsupported input '{\"type\":\"x\"}'"),
        printed(
            "type = \"git\"; url = \"https://a\"; bogus = 1;",
            "error: input attribute 'bogus' not supported by scheme 'git'"),
        Arguments.of(
            "builtins.fetchGit { url = \"https://a\"; ref = \"a b\"; }",
            "error: invalid Git branch/tag name 'a b'"),
        Arguments.of(
            "builtins.fetchGit { url = \"https://a\"; type = \"git\"; }",
            "error: unexpected attribute 'type'"),
        Arguments.of(
            "builtins.fetchTree { }", "error: attribute 'type' is missing in call to 'fetchTree'"),
        Arguments.of(
            "builtins.fetchTree { type = \"path\"; path = []; }",
            "error: fetchTree argument 'path' is a list while a string, Boolean or integer is"
                + " expected"),
        Arguments.of(
            "builtins.fetchTree { type = \"git\"; name = \"x\"; url = \"https://a\"; }",
            "error: attribute 'name' isn’t supported in call to 'fetchTree'"),
        Arguments.of("fetchTree \"nixpkgs\"", "error: 'nixpkgs' is not a valid URL"),
        Arguments.of("builtins.fetchTree \"nixpkgs\"", "error: 'nixpkgs' is not a valid URL"),
        Arguments.of("builtins.fetchTree 5", "error: cannot coerce an integer to a string: 5"));
  }

  private static Arguments parsed(String reference, String value) {
    return Arguments.of("builtins.parseFlakeRef \"" + reference + "\"", value);
  }

  private static Arguments printed(String attributes, String value) {
    return Arguments.of("builtins.flakeRefToString { " + attributes + " }", value);
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void saysWhatNixSays(String expression, String expected) {
    String printed = print(Set.of("flakes"), expression);
    int message = printed.lastIndexOf("error: ");
    assertEquals(
        expected,
        message < 0 ? printed : printed.substring(message).lines().findFirst().orElseThrow());
  }

  /** As in Nix: scripts ask whether they are there. */
  @Test
  void flakesAreThereOnlyIfAskedFor() {
    String asked =
        "map (n: builtins ? ${n}) [ \"getFlake\" \"parseFlakeRef\" \"flakeRefToString\" ]";
    assertEquals("[ false false false ]", print(Set.of(), asked));
    assertEquals("[ true true true ]", print(Set.of("flakes"), asked));
  }

  private static String print(Set<String> features, String expression) {
    EvalSettings settings = EvalSettings.DEFAULT.withFeatures(features);
    return Octets.toText(
        Nix.print(Builtins.evaluator(new MemoryHost(), settings), Octets.fromText(expression)));
  }
}
