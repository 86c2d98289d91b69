package org.buildchain.derivation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ATermReaderTest {
  private static final String P = "/nix/store/d3lg20y0kcj82jlm70plq63vmlwfsi6d-x";
  private static final String GOOD =
      "Derive([(\"out\",\"" + P + "\",\"\",\"\")],[],[],\"s\",\"b\",[\"a\"],[(\"k\",\"v\")])";

  @Test
  void everyPrefixIsRefused() {
    for (int i = 0; i < GOOD.length(); i++) {
      String prefix = GOOD.substring(0, i);
      assertThrows(FormatException.class, () -> read(prefix), prefix);
    }
    assertEquals("v", read(GOOD).env().get("k"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Derive([]x | offset 9: expected ','",
        "derive([]) | offset 0: does not start with 'Derive('",
        "DrvWithVersion(\"2\",[]) | a version other than 'xp-dyn-drv'",
        "Derive([],[(\"/nix/store/d3lg20y0kcj82jlm70plq63vmlwfsi6d-x.drv\",([] | expected '['",
        "Derive([(\"out\",\"\",\"\",\"\"),(\"out\",\"\",\"\",\"\")] | 'out': is given twice",
        "Derive([(\"out\",\"/tmp/x\",\"\",\"\")] | offset 15: path '/tmp/x' is not in the Nix"
            + " store",
        "Derive([(\"out\",\"\",\"sha3\",\"\")] | unknown hash algorithm",
        "Derive([(\"out\",\"\",\"git:sha1\",\"\")] | experimental Nix feature",
        "Derive([(\"out\",\"/nix/store/d3lg20y0kcj82jlm70plq63vmlwfsi6d-x\",\"sha256\",\"ab\")] |"
            + " wrong length",
        "Derive([(\"out\",\"/nix/store/d3lg20y0kcj82jlm70plq63vmlwfsi6d-x\",\"sha256\",\"\")] |"
            + " should not specify output path",
        "Derive([],[],[\"/nix/store/x\"] | expected 32 digits",
        "Derive([],[],[],\"s | unterminated string",
        // Found by fuzzing: what is read must have a text of its own.
        "Derive([(\"\u00feout\",\"\",\"sha256\",\"\")] | offset 9: store path: name 'x-\u00feout'",
        "Derive([],[],[],\"a\\\"b\" | offset 16: a name can't hold 34",
      })
  void errorsSayWhereAndWhat(String text, String message) {
    String got = assertThrows(FormatException.class, () -> read(text)).getMessage();
    assertTrue(got.contains(message), got);
    assertTrue(got.startsWith("derivation 'x', offset "), got);
  }

  /** The text is what Nix 2.26.3 stored for it, the JSON what {@code nix derivation show} gave. */
  @Test
  void outputsThatAreDerivationsAreInputs() {
    String text =
        "DrvWithVersion(\"xp-dyn-drv\",[(\"out\",\"\",\"\",\"\")],["
            + "(\"/nix/store/qkjrlkxi0vc47wvrq2yv52xp4av1pc9f-a.drv.drv\","
            + "([\"out\"],[(\"out\",([\"foo\"],[(\"out\",[\"a\"])]))]))],[],\"x\",\"x\",[],"
            + "[(\"builder\",\"x\"),(\"name\",\"x\"),(\"out\",\"\"),(\"system\",\"x\")])";
    Derivation drv = read(text);
    assertEquals(text, ATerm.print(drv, StoreDir.DEFAULT));
    assertEquals(
        "{\"dynamicOutputs\":{\"out\":{\"dynamicOutputs\":{\"out\":{\"dynamicOutputs\":{},"
            + "\"outputs\":[\"a\"]}},\"outputs\":[\"foo\"]}},\"outputs\":[\"out\"]}",
        DerivationJson.write(drv, StoreDir.DEFAULT)
            .get("inputDrvs")
            .get("/nix/store/qkjrlkxi0vc47wvrq2yv52xp4av1pc9f-a.drv.drv")
            .toString());
  }

  @Test
  void textAfterTheEndIsRefused() {
    assertThrows(FormatException.class, () -> read(GOOD + "\n"));
  }

  @Test
  void unknownEscapesStandForThemselves() {
    // As src/libstore/derivations.cc of Nix reads them.
    String text = GOOD.replace("\"v\"", "\"a\\nb\\\"c\\\\d\\qe\\\0\"");
    assertEquals("a\nb\"c\\dqe\0", read(text).env().get("k"));
  }

  @Test
  void aDerivationThatLiesAboutItsPathsIsRefused() {
    OutputPaths paths = new OutputPaths(StoreDir.DEFAULT, Corpus::read);
    StorePath plain = paths.pathOf(Corpus.named("plain"));
    String text = Corpus.TEXTS.get(plain);
    String right = StoreDir.DEFAULT.print(outOf(Corpus.named("plain")));

    String wrongOutput = refused(paths, plain, text.replace(right, P));
    String wrongVariable =
        refused(paths, plain, text.replace("(\"out\",\"" + right + "\")", "(\"out\",\"/x\")"));

    assertTrue(wrongOutput.contains("has incorrect output"), wrongOutput);
    assertTrue(wrongOutput.contains("should be '" + right + "'"), wrongOutput);
    assertTrue(wrongVariable.contains("incorrect environment variable 'out'"));
  }

  @Test
  void placeholdersAreAsNixComputesThem() {
    // nix-instantiate --eval -E 'builtins.placeholder "out"', Nix 2.26.3.
    assertEquals(
        "/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9", Placeholders.ofOutput("out"));
    // The variable `dep` of the corpus's derivation `deferred-deep`.
    assertEquals(
        "/14kwpyjsflpfq7np9d8y0f7ql6nmz3f144299rin9qx99hz3mvq4",
        Placeholders.ofUpstream(
            StorePath.parse("ma0brcmn82jfqblngwcfcvp77ic9cxn9-deferred.drv"), "dev"));
  }

  private static StorePath outOf(Derivation drv) {
    return drv.outputs().get("out").path(StoreDir.DEFAULT, drv.name(), "out").orElseThrow();
  }

  private static String refused(OutputPaths paths, StorePath path, String text) {
    Derivation drv = ATerm.parse(text, "plain", StoreDir.DEFAULT);
    return assertThrows(FormatException.class, () -> paths.check(path, drv)).getMessage();
  }

  private static Derivation read(String text) {
    return ATerm.parse(text, "x", StoreDir.DEFAULT);
  }
}
