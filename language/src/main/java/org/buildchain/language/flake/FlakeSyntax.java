package org.buildchain.language.flake;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;
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
   * The settings in {@code nixConfig}, lists with spaces between their elements.
   *
   * @throws EvalException at the first that is none
   */
  static SortedMap<String, String> config(Expr e, Pos at) {
    SortedMap<String, String> out = new TreeMap<>();
    set(e, at).definitions().forEach((name, d) -> out.put(name, setting(name, d.value())));
    return out;
  }

  private static String setting(String name, Expr e) {
    return switch (e) {
      case Expr.Str s -> s.value();
      case Expr.PathLiteral p -> p.path();
      case Expr.Int n -> Long.toString(n.value());
      case Expr.ListOf l -> list(name, l.elements());
      case Expr.Var v when isBool(v) -> v.name();
      default ->
          throw EvalException.type(
              "flake configuration setting '" + name + "' is " + kind(e, true));
    };
  }

  private static String list(String name, List<Expr> elements) {
    StringJoiner out = new StringJoiner(" ");
    for (Expr e : elements) {
      if (!(e instanceof Expr.Str s)) {
        throw EvalException.type(
            "list element in flake configuration setting '"
                + name
                + "' is a list while a string is expected");
      }
      out.add(s.value());
    }
    return out.toString();
  }
}
