package org.buildchain.language.builtins;

import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Literals;

/**
 * {@code derivation}: the lazy set around {@code derivationStrict}, written in the language itself
 * so that it is lazy exactly where Nix's is. Source: Nix manual, "Derivations".
 */
final class DerivationFunction {
  /** Where its text is said to stand; the trace leaves such places out. */
  static final String SOURCE = Literals.marked("nix-internal") + "/derivation-internal.nix";

  private static final String TEXT =
      """
      drvAttrs@{ outputs ? [ "out" ], ... }:
      let
        strict = derivationStrict drvAttrs;
        common = drvAttrs // builtins.listToAttrs named // {
          all = map (o: o.value) named;
          inherit drvAttrs;
        };
        named = map (outputName: {
          name = outputName;
          value = common // {
            outPath = builtins.getAttr outputName strict;
            drvPath = strict.drvPath;
            type = "derivation";
            inherit outputName;
          };
        }) outputs;
      in (builtins.head named).value
      """;

  private DerivationFunction() {}

  static Value value(Evaluator ev) {
    return Thunk.of(() -> ev.evalText(SOURCE, TEXT, "/"));
  }
}
