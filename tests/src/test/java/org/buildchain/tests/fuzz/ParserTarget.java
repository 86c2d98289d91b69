package org.buildchain.tests.fuzz;

import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Lints;
import org.buildchain.language.syntax.ParseException;
import org.buildchain.language.syntax.Parser;
import org.buildchain.language.syntax.Source;
import org.buildchain.store.format.Octets;

/** The parser of expressions: a tree that can be printed, or a {@link ParseException}. */
public final class ParserTarget {
  private ParserTarget() {}

  public static void fuzzerTestOneInput(byte[] data) {
    try {
      ExprPrinter.show(
          Parser.parse(
              Source.text("fuzz", Octets.of(data)),
              new Parser.Options(
                  "/", home -> "/root", true, Lints.NONE, (at, warning) -> {}, name -> {})));
    } catch (ParseException e) {
      // What bad input is to end with.
    }
  }
}
