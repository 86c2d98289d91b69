package org.buildchain.daemon.nix.shell;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What bash holds once a derivation's builder has set itself up. All strings are octet strings.
 * Source: Nix 2.26 manual, {@code nix print-dev-env}.
 *
 * @param variables by name
 * @param functions what stands between the braces of each
 * @param files those of structured attributes, by name; empty where attributes are not structured
 */
record DevEnvironment(
    SortedMap<String, Variable> variables,
    SortedMap<String, String> functions,
    SortedMap<String, String> files) {

  /** A variable's value. */
  sealed interface Variable {
    /** A string; exported ones are in the environment of programs. */
    record Text(boolean exported, String value) implements Variable {}

    /** An array. */
    record Items(List<String> values) implements Variable {}

    /** An associative array. */
    record Pairs(SortedMap<String, String> values) implements Variable {}
  }

  /** What each shell has of its own. */
  private static final Set<String> OWN =
      Set.of(
          "_",
          "DIRSTACK",
          "EPOCHREALTIME",
          "EPOCHSECONDS",
          "EUID",
          "FUNCNAME",
          "GROUPS",
          "HISTCMD",
          "HOSTNAME",
          "PIPESTATUS",
          "PWD",
          "RANDOM",
          "SECONDS",
          "SHLVL");

  DevEnvironment {
    variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /**
   * What {@code environment.sh} has written.
   *
   * @throws FormatException if it is something else
   */
  static DevEnvironment parse(String written) {
    Words words = new Words(written);
    SortedMap<String, Variable> variables = new TreeMap<>();
    SortedMap<String, String> functions = new TreeMap<>();
    SortedMap<String, String> files = new TreeMap<>();
    while (words.more()) {
      String kind = words.next();
      String name = words.next();
      switch (kind) {
        case "variable", "exported" ->
            variables.put(name, new Variable.Text(kind.equals("exported"), words.next()));
        case "array" -> {
          List<String> values = new ArrayList<>();
          for (int n = words.count(); n > 0; n--) {
            values.add(words.next());
          }
          variables.put(name, new Variable.Items(List.copyOf(values)));
        }
        case "associative" -> {
          SortedMap<String, String> values = new TreeMap<>();
          for (int n = words.count(); n > 0; n--) {
            values.put(words.next(), words.next());
          }
          variables.put(name, new Variable.Pairs(Collections.unmodifiableSortedMap(values)));
        }
        case "function" -> functions.put(name, body(words.next()));
        case "file" -> files.put(name, words.next());
        default -> throw words.wrong("a kind was expected");
      }
    }
    variables
        .keySet()
        .removeIf(n -> OWN.contains(n) || n.startsWith("BASH_") || n.startsWith("COMP_"));
    return new DevEnvironment(variables, functions, files);
  }

  private static String body(String definition) {
    int from = definition.indexOf('{');
    int to = definition.lastIndexOf('}');
    if (from < 0 || to < from) {
      throw new FormatException("environment", "a function without a body");
    }
    return definition.substring(from + 1, to);
  }

  /** The paths of the builder's outputs, by name. */
  SortedMap<String, String> outputs() {
    return switch (variables.get("outputs")) {
      case Variable.Pairs(SortedMap<String, String> paths) -> paths;
      case Variable.Items(List<String> names) -> named(names);
      case Variable.Text(boolean exported, String names) -> named(List.of(names.split("\\s+")));
      case null -> named(List.of("out"));
    };
  }

  private SortedMap<String, String> named(List<String> names) {
    SortedMap<String, String> paths = new TreeMap<>();
    for (String name : names) {
      if (variables.get(name) instanceof Variable.Text(boolean exported, String path)) {
        paths.put(name, path);
      }
    }
    return paths;
  }

  /** The object that {@code nix print-dev-env --json} prints. */
  String json() {
    ObjectNode object = new ObjectMapper().createObjectNode();
    put(object.putObject("bashFunctions"), functions);
    if (!files.isEmpty()) {
      put(object.putObject("structuredAttrs"), files);
    }
    ObjectNode all = object.putObject("variables");
    variables.forEach((name, v) -> write(all.putObject(Octets.toText(name)), v));
    return Octets.fromText(object.toString());
  }

  private static void write(ObjectNode to, Variable variable) {
    switch (variable) {
      case Variable.Text(boolean exported, String value) ->
          to.put("type", exported ? "exported" : "var").put("value", Octets.toText(value));
      case Variable.Items(List<String> values) -> {
        ArrayNode array = to.put("type", "array").putArray("value");
        values.forEach(v -> array.add(Octets.toText(v)));
      }
      case Variable.Pairs(SortedMap<String, String> values) ->
          put(to.put("type", "associative").putObject("value"), values);
    }
  }

  private static void put(ObjectNode to, SortedMap<String, String> all) {
    all.forEach((name, value) -> to.put(Octets.toText(name), Octets.toText(value)));
  }

  /** The words, each with a zero byte behind it. */
  private static final class Words {
    private final String text;
    private int at;

    Words(String text) {
      this.text = text;
    }

    boolean more() {
      return at < text.length();
    }

    String next() {
      int end = text.indexOf('\0', at);
      if (end < 0) {
        throw wrong("it ends early");
      }
      String word = text.substring(at, end);
      at = end + 1;
      return word;
    }

    int count() {
      String word = next();
      if (!word.matches("[0-9]{1,8}")) {
        throw wrong("a number was expected");
      }
      return Integer.parseInt(word);
    }

    FormatException wrong(String problem) {
      return new FormatException("environment", at, problem);
    }
  }
}
