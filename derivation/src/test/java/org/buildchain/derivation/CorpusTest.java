package org.buildchain.derivation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Everything about the derivations of the corpus is as Nix has it. */
class CorpusTest {
  private static final StoreDir DIR = StoreDir.DEFAULT;
  // Printed by `nix derivation show` of Nix 2.26.3 for all of them.
  private static final JsonNode SHOWN = new ObjectMapper().readTree(Corpus.resource("corpus.json"));

  static Stream<StorePath> paths() {
    return Corpus.TEXTS.keySet().stream();
  }

  @Test
  void holdsAllKinds() {
    assertEquals(53, Corpus.TEXTS.size());
  }

  @ParameterizedTest
  @MethodSource("paths")
  void textIsReadAndPrintedAgain(StorePath path) {
    assertEquals(Corpus.TEXTS.get(path), ATerm.print(Corpus.read(path), DIR));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void pathsFollowFromTheUnfinishedDerivation(StorePath path) {
    OutputPaths.Finished finished = new OutputPaths(DIR, Corpus::read).finish(unfinished(path));

    assertEquals(Corpus.TEXTS.get(path), finished.text().content());
    assertEquals(path, finished.path());
  }

  @ParameterizedTest
  @MethodSource("paths")
  void passesTheCheckOfForeignDerivations(StorePath path) {
    new OutputPaths(DIR, Corpus::read).check(path, Corpus.read(path));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void jsonIsAsNixShowsIt(StorePath path) {
    JsonNode shown = SHOWN.get(DIR.print(path));

    assertEquals(
        shown.toPrettyString(), DerivationJson.write(Corpus.read(path), DIR).toPrettyString());
    assertEquals(Corpus.TEXTS.get(path), ATerm.print(DerivationJson.read(shown, DIR), DIR));
  }

  @Test
  void finishingInOrderNeedsNoReader() {
    OutputPaths paths =
        new OutputPaths(
            DIR,
            p -> {
              throw new AssertionError("read " + p);
            });
    for (String name : new String[] {"plain", "needs-plain", "needs-two"}) {
      Derivation right = Corpus.named(name);
      assertEquals(right, paths.finish(unfinished(right)).derivation());
    }
  }

  @Test
  void deepGraphsDoNotOverflowTheStack() {
    // A chain of 20,000 derivations: reader gives number n, which needs number n - 1.
    OutputPaths writer = new OutputPaths(DIR, Corpus::read);
    Map<StorePath, Derivation> all = new TreeMap<>();
    Derivation plain = unfinished(Corpus.named("plain"));
    StorePath last = null;
    for (int i = 0; i < 20_000; i++) {
      SortedMap<StorePath, SortedSet<String>> inputs = new TreeMap<>();
      if (last != null) {
        inputs.put(last, new TreeSet<>(Set.of("out")));
      }
      OutputPaths.Finished f =
          writer.finish(
              new Derivation(
                  "n" + i,
                  plain.outputs(),
                  inputs,
                  plain.inputSources(),
                  "x86_64-linux",
                  "/bin/sh",
                  plain.args(),
                  plain.env()));
      all.put(f.path(), f.derivation());
      last = f.path();
    }
    assertEquals(writer.of(last), new OutputPaths(DIR, all::get).of(last));
  }

  @Test
  void fixedOutputsHideHowTheyAreFetched() {
    // needs-fixed exists twice, with the same output from two ways of fetching.
    long different = paths().filter(p -> p.name().equals("needs-fixed.drv")).count();
    long outputs =
        paths()
            .filter(p -> p.name().equals("needs-fixed.drv"))
            .map(p -> Corpus.read(p).outputs().get("out"))
            .distinct()
            .count();
    assertEquals(2, different);
    assertEquals(1, outputs);
    assertTrue(new OutputPaths(DIR, Corpus::read).of(Corpus.named("deferred"), true).deferred());
  }

  private static Derivation unfinished(StorePath path) {
    return unfinished(Corpus.read(path));
  }

  /** The derivation as the evaluator has it before output paths are known. */
  private static Derivation unfinished(Derivation drv) {
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    SortedMap<String, String> env = new TreeMap<>(drv.env());
    drv.outputs()
        .forEach(
            (id, output) -> {
              env.remove(id);
              outputs.put(
                  id,
                  output instanceof DerivationOutput.InputAddressed
                      ? new DerivationOutput.Deferred()
                      : output);
            });
    return new Derivation(
        drv.name(),
        outputs,
        drv.inputDerivations(),
        drv.inputSources(),
        drv.system(),
        drv.builder(),
        drv.args(),
        env);
  }
}
