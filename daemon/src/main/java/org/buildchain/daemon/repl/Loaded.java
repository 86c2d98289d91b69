package org.buildchain.daemon.repl;

/**
 * Something whose attributes are in scope, and are again after {@code :r}.
 *
 * @param text what {@code kind} says
 * @param attribute the path in it whose attributes are meant; empty for its own
 */
record Loaded(String text, Kind kind, String attribute) {
  /** What a text is. */
  enum Kind {
    /** A path, or {@code <name>}. */
    FILE,
    /** An expression. */
    EXPRESSION,
    /** A flake, with {@code #ATTRIBUTE} perhaps. */
    FLAKE
  }

  /** All of it. */
  Loaded(String text, Kind kind) {
    this(text, kind, "");
  }
}
