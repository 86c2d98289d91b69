package org.buildchain.language.builtins;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.flake.Trees;
import org.buildchain.language.syntax.Pos;

/** {@code builtins.fetchMercurial}. Source: {@code primops/fetchMercurial.cc}. */
final class FetchMercurial {
  private static final Pattern REV = Pattern.compile("[0-9a-fA-F]{40}");
  private static final String NO_COMMIT = "0".repeat(40);
  private static final int SHORT_REV = 12;

  private FetchMercurial() {}

  static void register(Registry r) {
    r.globalOne("fetchMercurial", FetchMercurial::fetch);
  }

  private static Value fetch(Evaluator ev, Value argument) {
    Map<String, Object> asked =
        ev.force(argument) instanceof Attrs a
            ? attributes(ev, a)
            : new TreeMap<>(
                Map.of(
                    "url",
                    text(
                        ev,
                        argument,
                        Pos.NONE,
                        "while evaluating the first argument passed to"
                            + " builtins.fetchMercurial")));
    String url = (String) asked.get("url");
    if (ev.settings().pure() && !asked.containsKey("rev")) {
      throw EvalException.other(
          "in pure evaluation mode, 'fetchMercurial' requires a Mercurial revision");
    }
    asked.put("type", "hg");
    asked.put("url", url.contains("://") ? url : "file://" + url);
    asked.putIfAbsent("name", "source");
    try {
      return described(ev, Trees.fetch(ev, Input.of(asked)));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static String text(Evaluator ev, Value v, Pos at, String context) {
    return ev.coercion().coerce(v, at, context, false, false, true).value();
  }

  private static Map<String, Object> attributes(Evaluator ev, Attrs a) {
    Map<String, Object> out = new TreeMap<>();
    for (int i = 0; i < a.size(); i++) {
      Value v = a.value(i);
      Pos at = a.pos(i);
      String name = a.name(i).name();
      String context =
          "while evaluating the `" + name + "` attribute passed to builtins.fetchMercurial";
      switch (name) {
        case "url" -> out.put("url", text(ev, v, at, context));
        case "rev" -> {
          String value = ev.stringNoContext(v, at, context);
          out.put(REV.matcher(value).matches() ? "rev" : "ref", value);
        }
        case "name" -> out.put("name", ev.stringNoContext(v, at, context));
        default ->
            throw new EvalException(
                EvalException.Kind.OTHER,
                at,
                "unsupported argument '" + name + "' to 'fetchMercurial'");
      }
    }
    if (out.getOrDefault("url", "").equals("")) {
      throw EvalException.other("'url' argument required");
    }
    return out;
  }

  private static Value described(Evaluator ev, FetchedTree tree) {
    Input in = tree.input();
    Optional<String> rev = in.rev();
    Attrs.Builder b = new Attrs.Builder(5);
    b.put(ev.symbols().of("outPath"), SourceBuiltins.stored(ev, tree.path()));
    in.ref().ifPresent(r -> b.put(ev.symbols().of("branch"), new Str(r)));
    b.put(ev.symbols().of("rev"), new Str(rev.orElse(NO_COMMIT)));
    b.put(ev.symbols().of("shortRev"), new Str(rev.orElse(NO_COMMIT).substring(0, SHORT_REV)));
    in.number("revCount").ifPresent(n -> b.put(ev.symbols().of("revCount"), Value.Int.of(n)));
    return b.build();
  }
}
