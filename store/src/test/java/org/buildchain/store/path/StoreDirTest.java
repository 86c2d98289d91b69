package org.buildchain.store.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths as Nix 2.8 and 2.26 compute them: of a file "hello\n" called f and of a folder d that holds
 * a file a with the byte "x", by {@code nix-store --add-fixed [--recursive]}; of texts by {@code
 * builtins.toFile}. The folder's NAR digests are from {@code nix-hash}.
 */
class StoreDirTest {
  private static final StoreDir DIR = StoreDir.DEFAULT;

  @ParameterizedTest
  @CsvSource({
    "MD5, 7s9z2am75yq73wgn24qpijd5jf44vb5s-f",
    "SHA1, pbqmppvgnnyqxagz7bnmwfdfvr3h43f2-f",
    "SHA256, 1p9q0bz6f22dyxh4lw8xs08p4201vyq4-f",
    "SHA512, 73j0b3a4s7j9abkll8kb61zam2n0cmmn-f"
  })
  void flatFixedOutputs(HashAlgorithm algorithm, String expected) {
    Hash hash = Hash.of(algorithm, Octets.bytes("hello\n"));
    assertEquals(expected, fixed("f", IngestionMethod.FLAT, hash));
  }

  @ParameterizedTest
  @CsvSource({
    "md5:a43528a7d4074a46d65ebbdd00827158, 1m2dglmv98nf64g3vcbvzdqhlas6hf4w-d",
    "sha1:ac5f18358329067b4ed90173dd83cad6a9ebf8ce, c51xvp7ql0k41f37pr0f4gb5qi6gwmph-d",
    "sha256:ec030e189a89564b752d3a09381090fa5d57ff038b0e2779295cf5b319ca4301,"
        + " 5z2xnjmzk8mg2axm8rqy92h6646pd2yk-d",
    "sha512:5978a075fccfc4134b16212af0927e9a5a4eed26596841b223b44e8adfb4f2d1006b792f86eb281ddd4d7e0aa724f9d037f38b9a827bf482c7ce7b8f1836cff0,"
        + " n6817875zb9jg7485mgfc9ikzdfxjrqj-d"
  })
  void recursiveFixedOutputs(String hash, String expected) {
    assertEquals(expected, fixed("d", IngestionMethod.NAR, Hash.parse(hash, Optional.empty())));
  }

  private static String fixed(String name, IngestionMethod method, Hash hash) {
    return DIR.makeContentAddressed(name, new ContentAddress(method, hash), List.of(), false)
        .toString();
  }

  @Test
  void textsWithAndWithoutReferences() {
    StorePath one = text("foo", "bar", List.of());
    assertEquals("vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo", one.toString());
    assertEquals(
        "cfjhh5nn4h71vbyww2gw2q5dg7wkbf1f-two",
        text("two", "see " + DIR.print(one), List.of(one)).toString());
  }

  private static StorePath text(String name, String content, List<StorePath> references) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes(content));
    return DIR.makeContentAddressed(
        name, new ContentAddress(IngestionMethod.TEXT, hash), references, false);
  }

  @Test
  void namesThatNixAccepts() {
    assertEquals("asd5znqvqny47n2kaa06zr46k6b2hx9h-.a", text(".a", "x", List.of()).toString());
    assertEquals(
        "vym7s2nlwrfc9jqc0w69ww9vbxv46jh4-a+-._?=Z9", text("a+-._?=Z9", "x", List.of()).toString());
    assertEquals(
        "yx91frwj9qkga75f8habg8q40arnqila", text("a".repeat(211), "x", List.of()).hashPart());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", ".-a", "..-a", "a b", "a/b", "ü", "a\0b"})
  void namesThatNixRefuses(String name) {
    assertThrows(FormatException.class, () -> text(name, "x", List.of()));
  }

  @Test
  void aNameHas211CharactersAtMost() {
    assertThrows(FormatException.class, () -> text("a".repeat(212), "x", List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nix/store/",
        "/nix/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0",
        "/nix/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-",
        "/nix/store/vxjiwkjkn7x4079qvh1jkl5pn05j2ae0-foo",
        "/nix/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo/bar",
        "/gnu/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo",
        "vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo"
      })
  void whatIsNoFullPathIsRefused(String text) {
    assertThrows(FormatException.class, () -> DIR.parse(text));
  }

  /** In the words of Nix 2.26.3. */
  @Test
  void saysThatAPathIsNotInTheStore() {
    FormatException e = assertThrows(FormatException.class, () -> StoreDir.DEFAULT.parse("/tmp/x"));
    assertEquals("path '/tmp/x' is not in the Nix store", e.getMessage());
  }

  @Test
  void anObjectContainsWhatLiesBelowIt() {
    StorePath foo = StorePath.parse("vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo");
    assertEquals(Optional.of(foo), DIR.containing(DIR.print(foo) + "/bin/x"));
    assertEquals(Optional.of(foo), DIR.containing(DIR.print(foo)));
    assertEquals(Optional.empty(), DIR.containing("/nix/store"));
    assertEquals(Optional.empty(), DIR.containing("/nix/store2/" + foo));
  }

  @Test
  void contentAddressesReadAndPrint() {
    for (String text :
        List.of(
            "text:sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq",
            "fixed:sha1:iwjz551fyw0cxcjgf4l6c879zabd6wpm",
            "fixed:r:sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq")) {
      assertEquals(text, ContentAddress.parse(text).toString());
    }
    assertThrows(FormatException.class, () -> ContentAddress.parse("sha256:00"));
  }
}
