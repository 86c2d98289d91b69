package org.buildchain.language.eval;

/** The symbols that the evaluator itself asks for, and the others that Nix has before it reads. */
final class Names {
  /**
   * What Nix numbers first, in its order: sets are walked by these numbers, so they decide which of
   * two errors comes first, and the order of traces. Source: {@code EvalState}'s constructor.
   */
  private static final String FIRST =
      """
      outPath drvPath type meta name value system __overrides outputs outputName __ignoreNulls file
      line column __functor __toString right wrong __structuredAttrs allowedReferences
      allowedRequisites disallowedReferences disallowedRequisites maxSize maxClosureSize builder args
      __contentAddressed __impure outputHash outputHashAlgo outputHashMode recurseForDerivations
      description self startSet operator key path prefix outputSpecified or body
      """;

  final Symbol functor;
  final Symbol toStringName;
  final Symbol outPath;
  final Symbol drvPath;
  final Symbol type;
  final Symbol file;
  final Symbol line;
  final Symbol column;
  final Symbol overrides;

  Names(Symbols s) {
    for (String name : FIRST.strip().split("\\s+")) {
      s.of(name);
    }
    functor = s.of("__functor");
    toStringName = s.of("__toString");
    outPath = s.of("outPath");
    drvPath = s.of("drvPath");
    type = s.of("type");
    file = s.of("file");
    line = s.of("line");
    column = s.of("column");
    overrides = s.of("__overrides");
  }
}
