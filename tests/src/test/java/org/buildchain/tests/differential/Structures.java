package org.buildchain.tests.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Operators, strings, lists, sets, and what binds variables. */
final class Structures {
  private final ExpressionGenerator g;
  private final Random random;
  private final Leaves leaves;
  private final Scope scope;

  Structures(ExpressionGenerator g, Random random, Leaves leaves, Scope scope) {
    this.g = g;
    this.random = random;
    this.leaves = leaves;
    this.scope = scope;
  }

  /** A value made by an operator or a literal with parts. */
  String constructed(char type, int depth) {
    int d = depth - 1;
    return switch (type) {
      case Types.INT, Types.SIZE ->
          type == Types.SIZE && leaves.chance(90) ? g.leaf(type) : arithmetic(Types.INT, d);
      case Types.FLOAT -> arithmetic(leaves.chance(50) ? Types.FLOAT : Types.NUMBER, d);
      case Types.NUMBER -> arithmetic(Types.NUMBER, d);
      case Types.BOOL -> truth(d);
      case Types.STRING -> leaves.chance(70) ? string(d) : joined(Types.STRING, d);
      case Types.CONTEXT -> joined(Types.CONTEXT, d);
      case Types.PATH ->
          leaves.chance(50)
              ? g.term(Types.PATH, d) + " + " + g.term(Types.STRING, d)
              : "@/${" + g.expression(Types.STRING, d) + "}/x";
      case Types.LIST ->
          leaves.chance(70)
              ? g.list(Types.ANY, d)
              : g.term(Types.LIST, d) + " ++ " + g.term(Types.LIST, d);
      case Types.INTS -> g.list(Types.INT, d);
      case Types.STRINGS -> g.list(Types.STRING, d);
      case Types.SETS -> g.list(Types.SET, d);
      case Types.LISTS -> g.list(Types.LIST, d);
      case Types.PAIRS -> pairs(d);
      case Types.SET ->
          leaves.chance(70) ? set(d) : g.term(Types.SET, d) + " // " + g.term(Types.SET, d);
      case Types.DERIVATION -> derivation(d);
      case Types.FUNCTION -> function(d);
      default -> g.leaf(type);
    };
  }

  private String arithmetic(char operand, int d) {
    if (leaves.chance(10)) {
      return "-" + g.term(operand, d);
    }
    String op = leaves.pick(List.of(" + ", " - ", " * ", " / ", " + ", " - "));
    return g.term(operand, d) + op + g.term(operand, d);
  }

  private String truth(int d) {
    return switch (random.nextInt(9)) {
      case 0 -> g.term(Types.BOOL, d) + " && " + g.term(Types.BOOL, d);
      case 1 -> g.term(Types.BOOL, d) + " || " + g.term(Types.BOOL, d);
      case 2 -> g.term(Types.BOOL, d) + " -> " + g.term(Types.BOOL, d);
      case 3 -> "!" + g.term(Types.BOOL, d);
      case 4 -> g.term(Types.SET, d) + " ? " + attributePath(d);
      case 5, 6 -> {
        char t = random.nextInt(3) == 0 ? Types.ANY : leaves.pick(List.of('i', 's', 'l', 't', 'n'));
        yield g.term(t, d) + (leaves.chance(70) ? " == " : " != ") + g.term(t, d);
      }
      default -> {
        char t = leaves.pick(List.of('i', 'n', 'n', 's', 'l', 'p', 'f'));
        yield g.term(t, d) + leaves.pick(List.of(" < ", " <= ", " > ", " >= ")) + g.term(t, d);
      }
    };
  }

  private String attributePath(int d) {
    return switch (random.nextInt(5)) {
      case 0 -> scope.name() + "." + scope.name();
      case 1 -> "\"" + scope.name() + "\"";
      case 2 -> "${" + g.expression(Types.NAME, d) + "}";
      default -> scope.name();
    };
  }

  private String joined(char first, int d) {
    return g.term(first, d) + " + " + g.term(Types.STRING, d);
  }

  /** A string, perhaps indented, perhaps with interpolations. */
  String string(int depth) {
    boolean indented = leaves.chance(30);
    StringBuilder out = new StringBuilder(indented ? "''" : "\"");
    for (int i = random.nextInt(indented ? 7 : 4); i > 0; i--) {
      if (depth > 0 && leaves.chance(40)) {
        char t = leaves.pick(List.of('s', 's', 's', 'c', 'p', 'D', 'a'));
        out.append("${").append(g.expression(t, depth - 1)).append('}');
      } else {
        out.append(indented ? leaves.indented() : leaves.word());
      }
    }
    return out.append(indented ? "''" : "\"").toString();
  }

  /** A list of sets with a name and a value. */
  String pairs(int depth) {
    StringBuilder out = new StringBuilder("[ ");
    for (int i = random.nextInt(4); i > 0; i--) {
      out.append("{ name = ")
          .append(g.expression(Types.NAME, 0))
          .append("; value = ")
          .append(g.expression(Types.ANY, depth - 1))
          .append("; } ");
    }
    return out.append(']').toString();
  }

  String derivation(int depth) {
    return "derivation " + g.calls().derivationAttributes(depth);
  }

  private String function(int d) {
    int mark = scope.mark();
    String name = scope.name();
    scope.add(name, Types.ANY);
    String out =
        switch (random.nextInt(3)) {
          case 0 -> name + ": " + g.expression(Types.ANY, d);
          case 1 -> "{ " + name + " ? " + g.expression(Types.ANY, d) + ", ... }: " + name;
          default -> "builtins." + leaves.pick(List.of("add 1", "map", "elem", "isInt", "sub"));
        };
    scope.reset(mark);
    return out;
  }

  private String set(int d) {
    boolean recursive = leaves.chance(30);
    int mark = scope.mark();
    String bindings = bindings(d, recursive, true);
    scope.reset(mark);
    return (recursive ? "rec { " : "{ ") + bindings + "}";
  }

  /** Bindings; with {@code inScope} what they bind stays in scope. */
  private String bindings(int d, boolean inScope, boolean dynamic) {
    StringBuilder out = new StringBuilder();
    List<String> used = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = scope.name();
      if (used.contains(name) && !leaves.chance(5)) {
        continue;
      }
      used.add(name);
      char t = Types.VALUES.charAt(random.nextInt(Types.VALUES.length()));
      switch (random.nextInt(dynamic ? 12 : 8)) {
        case 0 -> {
          String other = scope.variable(Types.ANY).orElse("null");
          if (!inScope && !other.equals("null")) {
            out.append("inherit ").append(other).append("; ");
            used.add(other);
          }
        }
        case 1 ->
            out.append("inherit (")
                .append("{ " + name + " = " + g.expression(t, d) + "; }")
                .append(") ")
                .append(name)
                .append("; ");
        case 8 ->
            out.append("${")
                .append(g.expression(Types.NAME, d))
                .append("} = ")
                .append(g.expression(t, d))
                .append("; ");
        case 9 ->
            out.append(name)
                .append('.')
                .append(scope.name())
                .append(" = ")
                .append(g.expression(t, d))
                .append("; ");
        case 10 ->
            out.append('"').append(name).append("\" = ").append(g.expression(t, d)).append("; ");
        case 11 -> {
          String inner = scope.name();
          out.append(name)
              .append('.')
              .append(inner)
              .append(" = ")
              .append(g.expression(t, d))
              .append("; ")
              .append(name)
              .append(".z9 = ")
              .append(g.expression(t, d))
              .append("; ");
        }
        default -> out.append(name).append(" = ").append(g.expression(t, d)).append("; ");
      }
      if (inScope && leaves.chance(90)) {
        scope.add(name, t);
      }
    }
    return out.toString();
  }

  /** An expression of this type inside something that binds, chooses or selects. */
  String wrapped(char type, int depth) {
    int d = depth - 1;
    int mark = scope.mark();
    String out =
        switch (random.nextInt(9)) {
          case 0 ->
              "if "
                  + g.expression(Types.BOOL, d)
                  + " then "
                  + g.expression(type, d)
                  + " else "
                  + g.expression(type, d);
          case 1, 2, 3 -> "let " + bindings(d, true, false) + "in " + g.expression(type, d);
          case 4 -> {
            String name = scope.name();
            char t = Types.VALUES.charAt(random.nextInt(Types.VALUES.length()));
            String set = "{ " + name + " = " + g.expression(t, d) + "; }";
            // An outer variable of that name goes first, whatever its type.
            scope.add(name, t);
            yield "with " + set + "; " + g.expression(type, d);
          }
          case 5 -> {
            String name = scope.name();
            yield "{ "
                + name
                + " = "
                + g.expression(type, d)
                + "; "
                + (leaves.chance(30) ? "unused = throw \"unused\"; " : "")
                + "}."
                + name;
          }
          case 6 -> g.term(Types.SET, d) + "." + attributePath(d) + " or " + g.term(type, d);
          case 7 -> "assert " + g.expression(Types.BOOL, d) + "; " + g.expression(type, d);
          default -> {
            if (type == Types.INTS || type == Types.STRINGS) {
              yield g.leaf(type) + " ++ " + g.term(type, d);
            }
            yield "(builtins.tryEval " + g.term(type, d) + ").value";
          }
        };
    scope.reset(mark);
    return out;
  }
}
