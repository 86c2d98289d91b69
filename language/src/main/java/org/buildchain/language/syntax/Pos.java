package org.buildchain.language.syntax;

/** A place in a source: a byte offset, from 0. */
public record Pos(Source source, int offset) {
  /** The place of things that have none. */
  public static final Pos NONE = new Pos(Source.text("", ""), -1);

  /** Whether this is a place. */
  public boolean isKnown() {
    return offset >= 0;
  }

  /** From 1. */
  public int line() {
    return source.line(offset);
  }

  /** From 1, in bytes. */
  public int column() {
    return source.column(offset);
  }

  /** {@code name:line:column}, as messages show it. */
  @Override
  public String toString() {
    return isKnown() ? source.name() + ":" + line() + ":" + column() : Literals.marked("none");
  }
}
