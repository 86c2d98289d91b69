package org.buildchain.language.flake;

import java.util.List;
import java.util.Set;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.syntax.AttrSet;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.Pos;

/**
 * What may stand in {@code flake.nix} outside of {@code outputs}: nothing that would have to be
 * computed. It is read off the text, not evaluated, so that what was evaluated before never shows.
 */
final class FlakeSyntax {
  private static final Set<String> TRUTH = Set.of("true", "false");

  private FlakeSyntax() {}

  static AttrSet set(Expr e, Pos at) {
    return e instanceof AttrSet s && s.dynamics().isEmpty() ? s : fail("a set", e, at);
  }

  static String string(Expr e, Pos at) {
    return e instanceof Expr.Str s ? s.value() : fail("a string", e, at);
  }

  static boolean bool(Expr e, Pos at) {
    return isBool(e)
        ? e instanceof Expr.Var v && v.name().equals("true")
        : fail("a Boolean", e, at);
  }

  static boolean isBool(Expr e) {
    return e instanceof Expr.Var v && TRUTH.contains(v.name());
  }

  static Expr.Lambda function(Expr e, Pos at) {
    return e instanceof Expr.Lambda l ? l : fail("a function", e, at);
  }

  private static <T> T fail(String wanted, Expr e, Pos at) {
    throw EvalException.other("expected " + wanted + " but got " + kind(e, true) + " at " + at);
  }

  /**
   * What an expression is before anything is computed.
   *
   * @param literals whether sets, lists and functions count as what they are
   */
  static String kind(Expr e, boolean literals) {
    return switch (e) {
      case Expr.Str _ -> "a string";
      case Expr.Int _ -> "an integer";
      case Expr.Float _ -> "a float";
      case Expr.PathLiteral _ -> "a path";
      case Expr.Var v when isBool(v) -> "a Boolean";
      case Expr.Var v when v.name().equals("null") -> "null";
      case Expr.Var v when v.name().equals("builtins") -> "a set";
      case Expr.ListOf l when literals || l.elements().isEmpty() -> "a list";
      case AttrSet s when literals && s.dynamics().isEmpty() -> "a set";
      case Expr.Lambda _ when literals -> "a function";
      default -> "a thunk";
    };
  }

  /**
   * Looks whether {@code nixConfig} has settings in it.
   *
   * @throws EvalException at the first that is none
   */
  static void checkConfig(Expr e, Pos at) {
    set(e, at)
        .definitions()
        .forEach(
            (name, d) -> {
              switch (d.value()) {
                case Expr.Str _, Expr.PathLiteral _, Expr.Int _ -> {}
                case Expr.ListOf l -> checkList(name, l.elements());
                case Expr other when isBool(other) -> {}
                case Expr other ->
                    throw EvalException.type(
                        "flake configuration setting '" + name + "' is " + kind(other, true));
              }
            });
  }

  private static void checkList(String name, List<Expr> elements) {
    if (!elements.stream().allMatch(x -> x instanceof Expr.Str)) {
      throw EvalException.type(
          "list element in flake configuration setting '"
              + name
              + "' is a list while a string is expected");
    }
  }
}
