package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;

/** {@code builtins.getFlake}, and the outputs of flakes that commands name. */
public final class Flakes {
  private Flakes() {}

  /**
   * An output of a flake.
   *
   * @param path by which it was found
   */
  public record Output(String path, Value value) {}

  /**
   * The outputs of a flake, with what describes it.
   *
   * @param reference a URL, or an absolute path
   * @throws EvalException if there is no such flake, or it is not locked and must be
   */
  public static Value get(Evaluator ev, String reference) {
    try {
      FlakeRef ref = FlakeRef.of(FlakeRefs.parse(reference));
      boolean pure = ev.settings().pure();
      if (pure && !ref.input().isLocked()) {
        throw EvalException.other(
            "cannot call 'getFlake' on unlocked flake reference '"
                + reference
                + "', at "
                + Literals.marked("none")
                + ":0 (use --impure to override)");
      }
      return FlakeCall.call(ev, new Locker(ev, !pure).lock(ref));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  /**
   * What a user means by {@code reference#attribute}: the attribute of {@code packages} or {@code
   * legacyPackages} for the platform, or else of the outputs themselves; the default package, if it
   * is empty. The flake need not be locked, as the user names it, nor its inputs.
   *
   * @param attribute a path; one that begins with a dot is looked for in the outputs alone
   * @throws EvalException also if there is no such output
   */
  public static Output select(Evaluator ev, String reference, String attribute) {
    try {
      FlakeRef ref = FlakeRef.of(FlakeRefs.parse(reference));
      Attrs flake =
          ev.attrs(
              FlakeCall.call(ev, new Locker(ev, true).lock(ref)),
              Pos.NONE,
              "while evaluating a flake");
      Value outputs = flake.get(ev.symbols().of("outputs"));
      List<String> paths = paths(ev.host().currentSystem(), attribute);
      for (String path : paths) {
        Optional<Value> found = find(ev, outputs, path);
        if (found.isPresent()) {
          return new Output(path, found.get());
        }
      }
      throw EvalException.other("flake '" + ref + "' does not provide attribute " + shown(paths));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  /**
   * Looks whether an output can be built.
   *
   * @throws EvalException if it is no derivation
   */
  public static void checkDerivation(
      Evaluator ev, String reference, String attribute, Value output) {
    if (!ev.isDerivation(output)) {
      throw EvalException.other(
          "expected flake output attribute '"
              + select(ev, reference, attribute).path()
              + "' to be a derivation or path but found "
              + ev.force(output).described()
              + ": "
              + ev.show(output));
    }
  }

  private static List<String> paths(String system, String attribute) {
    if (attribute.isEmpty()) {
      return List.of("packages." + system + ".default", "defaultPackage." + system);
    }
    return attribute.startsWith(".")
        ? List.of(attribute.substring(1))
        : List.of(
            "packages." + system + "." + attribute,
            "legacyPackages." + system + "." + attribute,
            attribute);
  }

  private static Optional<Value> find(Evaluator ev, Value outputs, String path) {
    Value v = ev.force(outputs);
    for (String name : Evaluator.attrPath(path)) {
      Value next = v instanceof Attrs a ? a.get(ev.symbols().of(name)) : null;
      if (next == null) {
        return Optional.empty();
      }
      v = ev.force(next);
    }
    return Optional.of(v);
  }

  private static String shown(List<String> paths) {
    List<String> quoted = new ArrayList<>(paths.stream().map(p -> "'" + p + "'").toList());
    String last = quoted.removeLast();
    return quoted.isEmpty() ? last : String.join(", ", quoted) + " or " + last;
  }
}
