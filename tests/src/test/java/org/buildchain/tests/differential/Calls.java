package org.buildchain.tests.differential;

import java.util.List;
import java.util.Random;

/** Calls of builtins, and functions to be called. */
final class Calls {
  private static final String DIGEST =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final List<String> HASH_TEXTS =
      List.of(
          DIGEST,
          "sha256:" + DIGEST,
          "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
          "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
          "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
          "d41d8cd98f00b204e9800998ecf8427e",
          "bad");
  private static final List<String> HASH_FORMATS =
      List.of("base16", "base32", "nix32", "base64", "sri", "other");

  private final ExpressionGenerator g;
  private final Random random;
  private final Leaves leaves;
  private final Scope scope;
  private final BuiltinTable builtins;

  Calls(ExpressionGenerator g, Random random, Leaves leaves, Scope scope, BuiltinTable builtins) {
    this.g = g;
    this.random = random;
    this.leaves = leaves;
    this.scope = scope;
    this.builtins = builtins;
  }

  /** A call of a builtin that gives this type, or a leaf if there is none. */
  String builtin(char type, int depth) {
    List<BuiltinTable.Signature> found = builtins.giving(type);
    if (found.isEmpty() || leaves.chance(10)) {
      found = general(type);
    }
    if (found.isEmpty()) {
      return g.leaf(type);
    }
    BuiltinTable.Signature s = leaves.pick(found);
    StringBuilder out = new StringBuilder("builtins.").append(s.name());
    List<String> arguments = s.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      out.append(' ').append(argument(s, i, type, depth - 1));
    }
    String call = out.toString();
    return s.result() == Types.ANY && type != Types.ANY && leaves.chance(50)
        ? checked(call, type, depth)
        : call;
  }

  /** Builtins that pass an argument on. */
  private List<BuiltinTable.Signature> general(char type) {
    return builtins.all().stream()
        .filter(s -> s.result() == Types.ANY && s.arguments().getLast().equals("a"))
        .filter(s -> type != Types.DERIVATION)
        .toList();
  }

  private String checked(String call, char type, int depth) {
    String test =
        switch (type) {
          case Types.INT, Types.SIZE -> "isInt";
          case Types.FLOAT -> "isFloat";
          case Types.BOOL -> "isBool";
          case Types.STRING -> "isString";
          case Types.LIST -> "isList";
          case Types.SET -> "isAttrs";
          default -> "";
        };
    return test.isEmpty()
        ? call
        : "let r = "
            + call
            + "; in if builtins."
            + test
            + " r then r else "
            + g.expression(type, depth - 2);
  }

  private String argument(BuiltinTable.Signature s, int index, char result, int depth) {
    String type = s.arguments().get(index);
    String made = special(s.name(), index, depth);
    if (!made.isEmpty()) {
      return made;
    }
    if (type.startsWith("(")) {
      return function(type, depth);
    }
    char c = type.charAt(0);
    // What is passed on is of the type that is wanted.
    boolean last = index == s.arguments().size() - 1;
    return g.term(c == Types.ANY && last && s.result() == Types.ANY ? result : c, depth);
  }

  private String special(String name, int index, int depth) {
    return switch (name + " " + index) {
      case "genericClosure 0" -> closure(depth);
      case "path 0" ->
          "{ path = @/"
              + leaves.pick(List.of("file.txt", "dir", "missing"))
              + ";"
              + (leaves.chance(50) ? " name = " + leaves.storeName() + ";" : "")
              + (leaves.chance(30) ? " recursive = " + g.term(Types.BOOL, 0) + ";" : "")
              + (leaves.chance(30) ? " filter = " + function("(asb)", depth) + ";" : "")
              + " }";
      case "derivationStrict 0", "derivation 0" -> attributes(depth);
      case "convertHash 0" ->
          "{ hash = \""
              + leaves.pick(HASH_TEXTS)
              + "\"; toHashFormat = \""
              + leaves.pick(HASH_FORMATS)
              + "\";"
              + (leaves.chance(60) ? " hashAlgo = " + leaves.algorithm() + ";" : "")
              + " }";
      case "appendContext 1" ->
          "{ \"/nix/store/00000000000000000000000000000000-"
              + leaves.pick(List.of("a", "a.drv"))
              + "\" = { "
              + leaves.pick(
                  List.of(
                      "path = true;",
                      "outputs = [ \"out\" ];",
                      "allOutputs = true;",
                      "path = false; outputs = [ ];",
                      ""))
              + " }; }";
      case "toFile 0" -> leaves.storeName();
      case "findFile 0" -> "[ { prefix = \"\"; path = @/dir; } { prefix = \"x\"; path = @/.; } ]";
      case "findFile 1" -> leaves.pick(List.of("\"sub\"", "\"x/file.txt\"", "\"none\"", "\"x\""));
      case "scopedImport 1" -> "@/free.nix";
      case "import 0" ->
          leaves.pick(
              List.of(
                  "@/set.nix",
                  "@/id.nix",
                  "@/dir",
                  "@/set.nix",
                  "@/throws.nix",
                  "@/missing",
                  "@/bad.nix"));
      case "getEnv 0" -> leaves.pick(List.of("\"BC_TEST\"", "\"NOT_SET\""));
      default -> "";
    };
  }

  private String closure(int depth) {
    String key = leaves.chance(80) ? "i" : leaves.pick(List.of("s", "f", "l", "p"));
    char k = key.charAt(0);
    return "{ startSet = [ { key = "
        + g.term(k, 0)
        + "; } { key = "
        + g.term(k, 0)
        + "; } ]; operator = item: "
        + (leaves.chance(70)
            ? "if builtins.isInt item.key && item.key < 4 && item.key > -9 then [ { key = item.key + 1; } { key = 3; v = "
                + g.term(Types.ANY, depth - 1)
                + "; } ] else [ ]"
            : "[ ]")
        + "; }";
  }

  private String attributes(int depth) {
    String attributes =
        "{ name = "
            + leaves.storeName()
            + "; system = \"s\"; builder = "
            + leaves.pick(List.of("\"b\"", "@/file.txt", "/bin/sh", g.term(Types.STRING, 0)))
            + ";"
            + (leaves.chance(30) ? " args = " + g.term(Types.STRINGS, depth - 1) + ";" : "")
            + (leaves.chance(30) ? " outputs = [ \"out\" \"dev\" ];" : "")
            + (leaves.chance(40) ? " x = " + g.term(Types.ANY, depth - 1) + ";" : "")
            + (leaves.chance(10) ? " __ignoreNulls = true; n = null;" : "")
            + (leaves.chance(10) ? " __structuredAttrs = true;" : "")
            + (leaves.chance(10)
                ? " outputHash = \"" + DIGEST + "\"; outputHashAlgo = \"sha256\";"
                : "")
            + " }";
    return attributes;
  }

  /** The attributes of a derivation, as {@code derivation} takes them. */
  String derivationAttributes(int depth) {
    return attributes(depth);
  }

  /** A function with this type, in brackets. */
  private String function(String type, int depth) {
    String letters = type.substring(1, type.length() - 1);
    int mark = scope.mark();
    StringBuilder out = new StringBuilder("(");
    for (int i = 0; i < letters.length() - 1; i++) {
      String name = scope.name();
      scope.add(name, letters.charAt(i));
      out.append(name).append(": ");
    }
    out.append(g.expression(letters.charAt(letters.length() - 1), depth)).append(')');
    scope.reset(mark);
    return out.toString();
  }

  /** A function of the language, called, with a result of this type. */
  String function(char type, int depth) {
    char argument = Types.VALUES.charAt(random.nextInt(Types.VALUES.length()));
    int mark = scope.mark();
    String made;
    switch (random.nextInt(4)) {
      case 0 -> {
        String arg = g.term(argument, depth - 1);
        String name = scope.name();
        scope.add(name, argument);
        made = "(" + name + ": " + g.expression(type, depth - 1) + ") " + arg;
      }
      case 1 -> {
        String arg = g.term(argument, depth - 1);
        String name = scope.name();
        scope.add("self", Types.SET);
        scope.add(name, argument);
        made =
            "{ __functor = self: "
                + name
                + ": "
                + g.expression(type, depth - 1)
                + "; v = "
                + g.expression(Types.ANY, depth - 2)
                + "; } "
                + arg;
      }
      default -> made = pattern(type, depth);
    }
    scope.reset(mark);
    return made;
  }

  private String pattern(char type, int depth) {
    StringBuilder formals = new StringBuilder();
    StringBuilder given = new StringBuilder("{ ");
    List<String> names = List.of(scope.name(), scope.name(), scope.name());
    int count = (int) names.stream().distinct().count();
    boolean ellipsis = leaves.chance(40);
    for (int i = 0; i < count; i++) {
      String name = names.stream().distinct().toList().get(i);
      char t = Types.VALUES.charAt(random.nextInt(Types.VALUES.length()));
      boolean fallback = leaves.chance(40);
      String value = g.expression(t, depth - 2);
      if (!fallback || leaves.chance(50)) {
        given.append(name).append(" = ").append(value).append("; ");
      }
      scope.add(name, t);
      formals.append(i == 0 ? "" : ", ").append(name);
      if (fallback) {
        formals.append(" ? ").append(g.expression(t, depth - 2));
      }
    }
    if (leaves.chance(ellipsis ? 40 : 3)) {
      given.append("extra = 1; ");
    }
    if (ellipsis) {
      formals.append(", ...");
    }
    String pattern = "{ " + formals + " }";
    switch (random.nextInt(5)) {
      case 0 -> {
        scope.add("args", Types.SET);
        pattern = "args@" + pattern;
      }
      case 1 -> {
        scope.add("args", Types.SET);
        pattern = pattern + "@args";
      }
      default -> {}
    }
    return "(" + pattern + ": " + g.expression(type, depth - 1) + ") " + given + "}";
  }
}
