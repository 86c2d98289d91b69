package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.Optional;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.ParsedUrl;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * {@code fetchClosure}: a path of a binary cache, with all that it refers to. Source: {@code
 * primops/fetchClosure.cc}.
 */
final class FetchClosure {
  private FetchClosure() {}

  static void register(Registry r) {
    r.one("fetchClosure", FetchClosure::fetch);
  }

  /**
   * What is asked for.
   *
   * @param to what the path becomes if it is addressed by its content
   */
  private record Wanted(
      Optional<String> cache, Optional<StorePath> from, Target to, boolean inputAddressed) {}

  /** What {@code toPath} says. */
  private sealed interface Target {
    /** Nothing: the path is taken as it is. */
    record Same() implements Target {}

    /** That it is to be told. */
    record Unknown() implements Target {}

    /** What the path becomes. */
    record Known(StorePath path) implements Target {}
  }

  private static Value fetch(Evaluator ev, Value argument) {
    Wanted w = wanted(ev, argument);
    StorePath from =
        w.from()
            .orElseThrow(
                () ->
                    EvalException.other(
                        "attribute 'fromPath' is missing in call to 'fetchClosure'"));
    if (w.inputAddressed() && !(w.to() instanceof Target.Same)) {
      throw EvalException.other(
          "attribute 'inputAddressed' is set to true, but 'toPath' is also set. Please remove one"
              + " of them");
    }
    String cache = cache(ev, w);
    try {
      return SourceBuiltins.stored(
          ev,
          switch (w.to()) {
            case Target.Same _ -> copied(ev, cache, from, w.inputAddressed());
            case Target.Unknown _ ->
                throw EvalException.other(
                    rewriting(ev, from, ev.host().closures().addressByContent(cache, from))
                        + "\nUse this value for the 'toPath' attribute passed to 'fetchClosure'");
            case Target.Known k -> rewritten(ev, cache, from, k.path());
          });
    } catch (BuildException e) {
      throw EvalException.other(e.getMessage()).exitStatus(e.exitStatus());
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static Wanted wanted(Evaluator ev, Value argument) {
    Attrs a =
        Args.attrs(ev, argument, "while evaluating the argument passed to builtins.fetchClosure");
    Optional<String> cache = Optional.empty();
    Optional<StorePath> from = Optional.empty();
    Target to = new Target.Same();
    boolean inputAddressed = false;
    for (int i = 0; i < a.size(); i++) {
      String name = a.name(i).name();
      String hint = "while evaluating the '" + name + "' attribute passed to builtins.fetchClosure";
      Value v = a.value(i);
      Pos at = a.pos(i);
      switch (name) {
        case "fromPath" -> from = Optional.of(storePath(ev, v, at, hint));
        case "toPath" ->
            to =
                ev.force(v) instanceof Str s && s.value().isEmpty()
                    ? new Target.Unknown()
                    : new Target.Known(storePath(ev, v, at, hint));
        case "fromStore" -> cache = Optional.of(ev.stringNoContext(v, at, hint));
        case "inputAddressed" -> inputAddressed = ev.bool(v, at, hint);
        default ->
            throw EvalException.other(
                "attribute '" + name + "' isn't supported in call to 'fetchClosure'");
      }
    }
    return new Wanted(cache, from, to, inputAddressed);
  }

  private static StorePath storePath(Evaluator ev, Value v, Pos at, String hint) {
    String text = ev.coercion().coerce(v, at, hint, false, false, true).value();
    try {
      return ev.host().storeDir().parse(text.startsWith("/") ? Paths.canonical(text) : text);
    } catch (FormatException e) {
      throw EvalException.other("path '" + text + "' is not in the Nix store").trace(at, hint);
    }
  }

  private static String cache(Evaluator ev, Wanted w) {
    String given =
        w.cache()
            .orElseThrow(
                () ->
                    EvalException.other(
                        "attribute 'fromStore' is missing in call to 'fetchClosure'"));
    ParsedUrl url;
    try {
      url = ParsedUrl.parse(given);
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
    boolean web = url.scheme().equals("http") || url.scheme().equals("https");
    if (!web
        && !(url.scheme().equals("file") && ev.host().environment("_NIX_IN_TEST").isPresent())) {
      throw EvalException.other("'fetchClosure' only supports http:// and https:// stores");
    }
    if (!url.query().isEmpty()) {
      throw EvalException.other(
          "'fetchClosure' does not support URL query parameters (in '" + given + "')");
    }
    return url.withoutFragment().toString();
  }

  private static StorePath copied(
      Evaluator ev, String cache, StorePath path, boolean inputAddressed) throws IOException {
    EvalHost host = ev.host();
    if (!host.isValid(path)) {
      host.closures().copy(cache, path);
    }
    if (inputAddressed == host.isContentAddressed(path)) {
      String shown = "'" + host.storeDir().print(path) + "'";
      throw EvalException.other(
          inputAddressed
              ? "The store object referred to by 'fromPath' at "
                  + shown
                  + " is not input-addressed, but 'inputAddressed' is set to 'true'.\n\n"
                  + "Remove the 'inputAddressed' attribute (it defaults to 'false') to expect"
                  + " 'fromPath' to be content-addressed"
              : "The 'fromPath' value "
                  + shown
                  + " is input-addressed, but 'inputAddressed' is set to 'false' (default).\n\n"
                  + "If you do intend to fetch an input-addressed store path, add\n\n"
                  + "    inputAddressed = true;\n\n"
                  + "to the 'fetchClosure' arguments.\n\n"
                  + "Note that to ensure authenticity input-addressed store paths, users must"
                  + " configure a trusted binary cache public key on their systems. This is not"
                  + " needed for content-addressed paths.");
    }
    return path;
  }

  private static StorePath rewritten(Evaluator ev, String cache, StorePath from, StorePath to)
      throws IOException {
    EvalHost host = ev.host();
    String expected = "'" + host.storeDir().print(to) + "'";
    if (!host.isValid(to)) {
      StorePath became = host.closures().addressByContent(cache, from);
      if (!became.equals(to)) {
        throw EvalException.other(
            rewriting(ev, from, became) + ", while " + expected + " was expected");
      }
    }
    if (!host.isContentAddressed(to)) {
      throw EvalException.other(
          "The 'toPath' value "
              + expected
              + " is input-addressed, so it can't possibly be the result of rewriting to a"
              + " content-addressed path.\n\n"
              + "Set 'toPath' to an empty string to make Nix report the correct content-addressed"
              + " path.");
    }
    return to;
  }

  private static String rewriting(Evaluator ev, StorePath from, StorePath to) {
    return "rewriting '"
        + ev.host().storeDir().print(from)
        + "' to content-addressed form yielded '"
        + ev.host().storeDir().print(to)
        + "'";
  }
}
