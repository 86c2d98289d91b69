package org.buildchain.tests.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Random expressions. They are made for a type, so that most have a value; some parts are of the
 * wrong type or throw. The same numbers give the same expression.
 */
final class ExpressionGenerator {
  private static final int DEPTH = 4;

  private final Random random;
  private final Leaves leaves;
  private final Scope scope;
  private final Structures structures;
  private final Calls calls;

  private ExpressionGenerator(Random random, BuiltinTable builtins) {
    this.random = random;
    this.leaves = new Leaves(random);
    this.scope = new Scope(random);
    this.structures = new Structures(this, random, leaves, scope);
    this.calls = new Calls(this, random, leaves, scope, builtins);
  }

  /** The expression with this number; {@code @/} stands for the folder of {@link Fixture}. */
  static String expression(long seed, long number, BuiltinTable builtins) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L ^ number * 0xBF58476D1CE4E5B9L);
    // The first numbers of neighbouring seeds are alike.
    random.nextLong();
    ExpressionGenerator g = new ExpressionGenerator(random, builtins);
    return g.expression(Types.ANY, 2 + random.nextInt(DEPTH - 1));
  }

  /** An expression of a type that may stand as an operand or argument. */
  String term(char type, int depth) {
    String e = expression(type, depth);
    // Without the brackets it is read some other way, the same by both.
    return isSimple(e) || leaves.chance(2) ? e : "(" + e + ")";
  }

  private static boolean isSimple(String e) {
    char c = e.charAt(0);
    if (c == '"') {
      return e.indexOf('"', 1) == e.length() - 1;
    }
    return e.chars().allMatch(x -> Character.isLetterOrDigit(x) || x == '_' || x == '\'')
        && !e.equals("if");
  }

  /** An expression of this type. */
  String expression(char type, int depth) {
    if (leaves.chance(1)) {
      return odd(type, depth);
    }
    char wanted =
        type == Types.ANY ? Types.VALUES.charAt(random.nextInt(Types.VALUES.length())) : type;
    if (depth <= 0) {
      return leaf(wanted);
    }
    int n = random.nextInt(100);
    if (n < 12) {
      return leaf(wanted);
    } else if (n < 40) {
      return structures.constructed(wanted, depth);
    } else if (n < 60) {
      return calls.builtin(wanted, depth);
    } else if (n < 65) {
      return calls.function(wanted, depth);
    } else {
      return structures.wrapped(wanted, depth);
    }
  }

  /** Something that fails, or is of another type. */
  private String odd(char type, int depth) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> "throw " + term(Types.STRING, 0);
      case 3 -> "abort " + term(Types.STRING, 0);
      case 4 -> "assert " + term(Types.BOOL, depth - 1) + "; " + expression(type, depth - 1);
      case 5 -> "({ }." + scope.name() + ")";
      case 6 -> "let x = x; in x";
      case 7 -> scope.name();
      default -> leaf(Types.VALUES.charAt(random.nextInt(Types.VALUES.length())));
    };
  }

  /** A variable or literal. */
  String leaf(char type) {
    if (leaves.chance(60)) {
      Optional<String> v = scope.variable(type);
      if (v.isPresent()) {
        return v.get();
      }
    }
    return switch (type) {
      case Types.INT -> leaves.integer();
      case Types.FLOAT -> leaves.real();
      case Types.NUMBER -> leaves.chance(60) ? leaves.integer() : leaves.real();
      case Types.BOOL -> leaves.chance(50) ? "true" : "false";
      case Types.STRING -> structures.string(0);
      case Types.NULL -> "null";
      case Types.PATH -> leaves.path();
      case Types.SIZE -> leaves.size();
      case Types.REGEX -> leaves.regex();
      case Types.JSON -> leaves.json();
      case Types.TOML -> leaves.toml();
      case Types.VERSION -> leaves.version();
      case Types.NAME -> Leaves.quoted(scope.name());
      case Types.ALGORITHM -> leaves.algorithm();
      case Types.CONTEXT ->
          switch (random.nextInt(4)) {
            case 0 -> "\"${@/file.txt}\"";
            case 1 -> "(builtins.toFile \"n\" \"t\")";
            case 2 -> "\"${" + structures.derivation(0) + "}\"";
            default -> "(" + structures.derivation(0) + ").drvPath";
          };
      case Types.DERIVATION -> "(" + structures.derivation(0) + ")";
      case Types.LIST -> leaves.chance(20) ? "[ ]" : "[ " + small() + " " + small() + " ]";
      case Types.INTS -> list(Types.SIZE, 0);
      case Types.STRINGS -> list(Types.STRING, 0);
      case Types.SETS -> list(Types.SET, 0);
      case Types.LISTS -> "[ [ " + small() + " ] [ ] ]";
      case Types.PAIRS -> structures.pairs(0);
      case Types.SET -> leaves.chance(20) ? "{ }" : "{ " + scope.name() + " = " + small() + "; }";
      case Types.FUNCTION -> leaves.chance(50) ? "(x: x)" : "({ a ? 1, b, ... }: b)";
      default -> throw new IllegalArgumentException("no type " + type);
    };
  }

  private String small() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> Integer.toString(random.nextInt(5));
      case 2 -> structures.string(0);
      case 3 -> "null";
      case 4 -> "[ ]";
      default -> leaves.chance(50) ? "true" : "1.5";
    };
  }

  /** A list of elements of one type. */
  String list(char element, int depth) {
    List<String> elements = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      elements.add(element(element, depth));
    }
    return elements.isEmpty() ? "[ ]" : "[ " + String.join(" ", elements) + " ]";
  }

  String element(char type, int depth) {
    String e = term(type, depth);
    // A list's elements stand without spaces between: a minus would become an operator.
    return e.startsWith("-") ? "(" + e + ")" : e;
  }

  Calls calls() {
    return calls;
  }
}
