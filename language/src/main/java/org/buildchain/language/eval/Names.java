package org.buildchain.language.eval;

/** The symbols that the evaluator itself asks for. */
final class Names {
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
