package org.buildchain.language.builtins;

import java.util.List;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Source;

/**
 * {@code derivation}: the lazy set around {@code derivationStrict}, written in the language itself
 * so that it is lazy exactly where Nix's is. Source: Nix manual, "Derivations".
 */
final class DerivationFunction {
  /** The line of the text's first line in Nix's file, so that traces name the same places. */
  private static final int FIRST_LINE = 30;

  // What traces, unsafeGetAttrPos and XML name stands in the lines and columns of Nix's.
  private static final String TEXT =
      """
      drvAttrs@{
        outputs ? [ "out" ],
        ...
      }:

      let

        strict = derivationStrict drvAttrs;

        commonAttrs =
          drvAttrs
          // builtins.listToAttrs namedValues
          // {
            all = map (one: one.value) namedValues;
            inherit drvAttrs;
          };

        forOutput = outputName: {
          name = outputName;
          value = commonAttrs // {
            outPath = builtins.getAttr outputName strict;
            drvPath = strict.drvPath;
            type = "derivation";
            inherit outputName;
          };
        };

        namedValues = map forOutput outputs;

      in
      (builtins.head namedValues).value
      """;

  private DerivationFunction() {}

  static Value value(Evaluator ev) {
    // Nix has read its own text before any other; these names of it may be met elsewhere.
    for (String name : List.of("strict", "drvAttrs", "commonAttrs", "x")) {
      ev.symbols().of(name);
    }
    return Thunk.of(
        () ->
            ev.eval(
                ev.parse(
                    Source.internal(Source.DERIVATION, "\n".repeat(FIRST_LINE - 1) + TEXT), "/")));
  }
}
