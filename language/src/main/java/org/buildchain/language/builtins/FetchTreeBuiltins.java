package org.buildchain.language.builtins;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.data.JsonWriter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Verification;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.flake.Trees;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;

/**
 * {@code fetchTree}, {@code fetchGit} and the spelling of what they fetch. Source: {@code
 * primops/fetchTree.cc}. Unlike in Nix, {@code fetchTree} needs no experimental feature.
 */
final class FetchTreeBuiltins {
  private FetchTreeBuiltins() {}

  /**
   * @param named whether its plain name is in scope, as it is with the feature
   */
  static void register(Registry r, boolean named) {
    if (named) {
      r.globalOne("fetchTree", (ev, v) -> fetch(ev, v, false));
    } else {
      r.one("fetchTree", (ev, v) -> fetch(ev, v, false));
    }
    r.globalOne("fetchGit", (ev, v) -> fetch(ev, v, true));
  }

  /** What is there only where flakes are asked for. */
  static void registerFlakes(Registry r) {
    r.one(
        "getFlake",
        (ev, v) ->
            Flakes.get(
                ev,
                Args.plain(ev, v, "while evaluating the argument passed to builtins.getFlake")));
    r.one("parseFlakeRef", FetchTreeBuiltins::parseFlakeRef);
    r.one("flakeRefToString", FetchTreeBuiltins::flakeRefToString);
  }

  private static Value fetch(Evaluator ev, Value argument, boolean git) {
    try {
      Value v = ev.force(argument);
      Input given = v instanceof Attrs a ? ofAttrs(ev, a, git) : ofText(ev, v, git);
      Verification.requireFeature(ev.settings().features(), given.attributes());
      boolean named = given.isIndirect() && !ev.settings().pure() && ev.settings().has("flakes");
      Input in = named ? Trees.resolve(ev, given).input() : given;
      if (ev.settings().pure() && !in.isLocked()) {
        throw EvalException.other(
            "in pure evaluation mode, '"
                + (git ? "fetchGit" : "fetchTree")
                + "' will not fetch unlocked input '"
                + in.toUrl()
                + "'");
      }
      if (in.flag("__final")) {
        throw EvalException.other(
            "input '" + in.toUrl() + "' is not allowed to use the '__final' attribute");
      }
      // Of a type that nobody knows there is none, and that is what is said.
      in.toUrl();
      FetchedTree tree = Trees.fetch(ev, in);
      return Trees.described(
          ev, tree.path(), tree.input(), git ? Trees.Style.GIT : Trees.Style.TREE);
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static Input ofAttrs(Evaluator ev, Attrs a, boolean git) {
    Map<String, Object> out = new TreeMap<>();
    Optional<String> type = git ? Optional.of("git") : Optional.empty();
    int t = a.indexOf(ev.symbols().of("type"));
    if (t >= 0) {
      if (git) {
        throw EvalException.other("unexpected attribute 'type'");
      }
      type =
          Optional.of(
              ev.stringNoContext(
                  a.value(t),
                  a.pos(t),
                  "while evaluating the `type` attribute passed to builtins.fetchTree"));
    }
    out.put(
        "type",
        type.orElseThrow(
            () -> EvalException.other("attribute 'type' is missing in call to 'fetchTree'")));
    for (int i = 0; i < a.size(); i++) {
      if (i != t) {
        out.put(a.name(i).name(), attribute(ev, a, i));
      }
    }
    defaults(out, git);
    if (!git && out.containsKey("name")) {
      throw EvalException.other(
          Octets.fromText("attribute 'name' isn’t supported in call to 'fetchTree'"));
    }
    return Input.of(out);
  }

  private static void defaults(Map<String, Object> a, boolean git) {
    if (git && !Boolean.TRUE.equals(a.get("submodules"))) {
      a.putIfAbsent("exportIgnore", true);
    }
    if (!git && "git".equals(a.get("type"))) {
      a.putIfAbsent("shallow", true);
    }
  }

  private static Object attribute(Evaluator ev, Attrs a, int i) {
    String name = a.name(i).name();
    return switch (ev.force(a.value(i))) {
      case Str s -> s.value();
      case Value.Path p -> p.path();
      case Value.Bool b -> b == Value.Bool.TRUE;
      case Value.Int n when n.value() < 0 ->
          throw EvalException.other(
              "negative value given for 'fetchTree' argument '" + name + "': " + n.value());
      case Value.Int n -> n.value();
      case Value keys when name.equals("publicKeys") -> {
        Verification.requireFeature(ev.settings().features());
        JsonWriter json = new JsonWriter(ev, true);
        json.write(keys, a.pos(i));
        yield json.text();
      }
      case Value other ->
          throw EvalException.type(
              "fetchTree argument '"
                  + name
                  + "' is "
                  + other.described()
                  + " while a string, Boolean or integer is expected");
    };
  }

  private static Input ofText(Evaluator ev, Value v, boolean git) {
    String url =
        ev.coercion()
            .coerce(
                v,
                Pos.NONE,
                "while evaluating the first argument passed to the fetcher",
                false,
                false,
                true)
            .value();
    if (git) {
      Map<String, Object> a = new TreeMap<>(Map.of("type", "git", "url", url));
      defaults(a, true);
      return Input.of(a);
    }
    return Input.ofUrl(url);
  }

  private static void put(Evaluator ev, Attrs.Builder b, String name, Value v) {
    b.put(ev.symbols().of(name), v);
  }

  private static Value parseFlakeRef(Evaluator ev, Value v) {
    String text =
        Args.plain(ev, v, "while evaluating the argument passed to builtins.parseFlakeRef");
    try {
      Map<String, Object> found = FlakeRefs.parse(text);
      Verification.requireFeature(ev.settings().features(), found);
      Attrs.Builder b = new Attrs.Builder(found.size());
      found.forEach(
          (name, x) ->
              put(
                  ev,
                  b,
                  name,
                  switch (x) {
                    case Long n -> Value.Int.of(n);
                    case Boolean flag -> Value.Bool.of(flag);
                    default -> new Str(x.toString());
                  }));
      return b.build();
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static Value flakeRefToString(Evaluator ev, Value v) {
    Attrs a =
        Args.attrs(ev, v, "while evaluating the argument passed to builtins.flakeRefToString");
    Map<String, Object> out = new TreeMap<>();
    for (int i = 0; i < a.size(); i++) {
      String name = a.name(i).name();
      out.put(
          name,
          switch (ev.force(a.value(i))) {
            case Str s -> s.value();
            case Value.Bool b -> b == Value.Bool.TRUE;
            case Value.Int n when n.value() < 0 ->
                throw EvalException.other(
                    "negative value given for flake ref attr " + name + ": " + n.value());
            case Value.Int n -> n.value();
            case Value other ->
                throw EvalException.other(
                    "flake reference attribute sets may only contain integers, Booleans, and"
                        + " strings, but attribute '"
                        + name
                        + "' is "
                        + other.described());
          });
    }
    try {
      Verification.requireFeature(ev.settings().features(), out);
      return new Str(FlakeRefs.print(out));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
