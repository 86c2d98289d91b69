package org.buildchain.language.syntax;

import java.util.List;

/**
 * What is done about literals that are allowed but better avoided. Names and messages are those of
 * Nix's settings {@code lint-absolute-path-literals}, {@code lint-short-path-literals} and {@code
 * lint-url-literals}.
 */
public record Lints(Lint absolutePaths, Lint shortPaths, Lint urls) {
  /** What is done about one kind of literal. */
  public enum Lint {
    IGNORE,
    WARN,
    FATAL
  }

  /** Nix's defaults: nothing is said. */
  public static final Lints NONE = new Lints(Lint.IGNORE, Lint.IGNORE, Lint.IGNORE);

  /** The three, in the order of the components. */
  public List<String> words() {
    return List.of(absolutePaths.name(), shortPaths.name(), urls.name());
  }

  void absolutePath(Parser.Options options, Pos at, String literal) {
    report(
        options,
        absolutePaths,
        at,
        notPortable("absolute", literal) + " (lint-absolute-path-literals)");
  }

  void homePath(Parser.Options options, Pos at, String literal) {
    report(
        options,
        absolutePaths,
        at,
        notPortable("home", literal) + " (lint-absolute-path-literals)");
  }

  private static String notPortable(String kind, String literal) {
    return kind
        + " path literals are not portable. Consider replacing path literal '"
        + literal
        + "' by a string, relative path, or parameter";
  }

  void relativePath(Parser.Options options, Pos at, String literal) {
    if (!literal.startsWith(".")) {
      report(
          options,
          shortPaths,
          at,
          "relative path literal '"
              + literal
              + "' should be prefixed with '.' for clarity: './"
              + literal
              + "' (lint-short-path-literals)");
    }
  }

  void url(Parser.Options options, Pos at, String literal) {
    report(
        options,
        urls,
        at,
        "URL literals are "
            + (urls == Lint.FATAL ? "disallowed" : "discouraged")
            + ". Consider using a string literal \""
            + literal
            + "\" instead (lint-url-literals)");
  }

  private static void report(Parser.Options options, Lint lint, Pos at, String message) {
    switch (lint) {
      case IGNORE -> {}
      case WARN -> options.warnings().warn(at, message);
      case FATAL -> throw new ParseException(at, message);
    }
  }
}
