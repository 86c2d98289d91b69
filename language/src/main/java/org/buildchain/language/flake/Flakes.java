package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.error.Suggestions;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Registry;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;

/** {@code builtins.getFlake}, and the outputs of flakes that commands name. */
public final class Flakes {
  /** Among the features where the settings of the flakes that the user names are accepted. */
  public static final String ACCEPT_CONFIG = "accept-flake-config";

  /** What a flake may set unasked; it has no effect here. */
  private static final Set<String> HARMLESS =
      Set.of(
          "bash-prompt",
          "bash-prompt-prefix",
          "bash-prompt-suffix",
          "flake-registry",
          "commit-lock-file-summary",
          "commit-lockfile-summary");

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
      return FlakeCall.call(ev, new Locker(ev, !pure, LockOptions.READ).lock(ref));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  /**
   * What a user means by {@code reference#attribute}; the default, if the attribute is empty. The
   * flake need not be locked, as the user names it, nor its inputs.
   *
   * @param attribute a path; one that begins with a dot is looked for in the outputs alone
   * @param kind where it is looked for first
   * @throws EvalException also if there is no such output
   * @throws LockNeeded if the lock file has to be written first
   */
  public static Output select(
      Evaluator ev, String reference, LockOptions options, String attribute, FlakeOutput kind) {
    return selected(ev, reference, options, attribute, kind, 1).getFirst();
  }

  /** All that a user may mean by it; see {@link #select}. There is one at least. */
  public static List<Output> selectAll(
      Evaluator ev, String reference, LockOptions options, String attribute, FlakeOutput kind) {
    return selected(ev, reference, options, attribute, kind, Integer.MAX_VALUE);
  }

  private static List<Output> selected(
      Evaluator ev,
      String reference,
      LockOptions options,
      String attribute,
      FlakeOutput kind,
      int most) {
    try {
      Named named = locked(ev, reference, options, true);
      FlakeRef ref = named.ref();
      Attrs flake =
          ev.attrs(FlakeCall.call(ev, named.locked()), Pos.NONE, "while evaluating a flake");
      Value outputs = flake.get(ev.symbols().of("outputs"));
      List<String> paths = kind.paths(ev.host().currentSystem(), attribute);
      Suggestions suggestions = new Suggestions();
      List<Output> all = new ArrayList<>();
      for (String path : paths) {
        if (all.size() < most) {
          find(ev, outputs, path, suggestions).ifPresent(v -> all.add(new Output(path, v)));
        }
      }
      if (!all.isEmpty()) {
        return List.copyOf(all);
      }
      throw new EvalException(
          EvalException.Kind.OTHER,
          Pos.NONE,
          "flake '" + ref + "' does not provide attribute " + shown(paths),
          suggestions.best());
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  /**
   * The outputs of a flake that a user named.
   *
   * @param locked called when it is locked, before it is evaluated
   * @throws EvalException if there is no such flake
   * @throws LockNeeded if the lock file has to be written first
   */
  public static Attrs outputs(
      Evaluator ev, String reference, LockOptions options, Runnable locked) {
    Named named = locked(ev, reference, options, true);
    locked.run();
    Attrs flake =
        ev.attrs(
            FlakeCall.call(ev, named.locked()),
            Pos.NONE,
            "while evaluating a flake to get its outputs");
    return ev.attrs(
        flake.get(ev.symbols().of("outputs")), Pos.NONE, "while evaluating the outputs of a flake");
  }

  /** A flake that a user named, and what it was locked to. */
  record Named(FlakeRef ref, Locker.Locked locked) {}

  /**
   * Locks a flake that a user named.
   *
   * @param config whether its settings hold, so that the user has to know which do not
   */
  static Named locked(Evaluator ev, String reference, LockOptions options, boolean config) {
    try {
      FlakeRef ref = FlakeRef.of(FlakeRefs.parse(reference));
      Locker locker = new Locker(ev, true, options);
      FlakeFile file = locker.file(ref);
      if (config && !ev.settings().has(ACCEPT_CONFIG)) {
        file.config().keySet().forEach(name -> warn(ev, name));
      }
      return new Named(ref, locker.lock(ref, file));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  /**
   * What a flake's inputs are locked to, as a registry that has their names. Nothing is written.
   *
   * @throws EvalException if there is no such flake
   */
  public static Registry inputs(Evaluator ev, String reference) {
    LockNode root = locked(ev, reference, LockOptions.READ, false).locked().root();
    List<Registry.Entry> entries = new ArrayList<>();
    for (String name : root.inputs().keySet()) {
      root.find(List.of(name))
          .flatMap(LockNode::lock)
          .ifPresent(
              l ->
                  entries.add(
                      new Registry.Entry(
                          FlakeRef.indirect(name).input(),
                          l.locked().input(),
                          Optional.empty(),
                          false)));
    }
    return new Registry(entries);
  }

  /**
   * Locks the inputs of a flake.
   *
   * @throws EvalException if it has none, or one cannot be fetched
   * @throws LockNeeded if its lock file has to be written first
   */
  public static void lock(Evaluator ev, String reference, LockOptions options) {
    locked(ev, reference, options, true);
  }

  private static void warn(Evaluator ev, String setting) {
    String plain = setting.startsWith("extra-") ? setting.substring("extra-".length()) : setting;
    if (!HARMLESS.contains(plain)) {
      ev.host()
          .message(
              EvalHost.Level.WARNING,
              "ignoring untrusted flake configuration setting '"
                  + setting
                  + "'.\nPass '--accept-flake-config' to trust it");
    }
  }

  /**
   * The settings that a flake wants, by name.
   *
   * @throws EvalException if there is no such flake
   */
  public static SortedMap<String, String> config(Evaluator ev, String reference) {
    try {
      return new Locker(ev, true, LockOptions.READ)
          .file(FlakeRef.of(FlakeRefs.parse(reference)))
          .config();
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
      Evaluator ev,
      String reference,
      LockOptions options,
      String attribute,
      FlakeOutput kind,
      Value output) {
    if (!ev.isDerivation(output)) {
      throw EvalException.other(
          "expected flake output attribute '"
              + select(ev, reference, options, attribute, kind).path()
              + "' to be a derivation or path but found "
              + ev.force(output).described()
              + ": "
              + ev.show(output));
    }
  }

  private static Optional<Value> find(
      Evaluator ev, Value outputs, String path, Suggestions suggestions) {
    Value v = ev.force(outputs);
    for (String name : Evaluator.attrPath(path)) {
      Value next = v instanceof Attrs a ? a.get(ev.symbols().of(name)) : null;
      if (next == null) {
        if (v instanceof Attrs a) {
          suggestions.add(names(a), name);
        }
        return Optional.empty();
      }
      v = ev.force(next);
    }
    return Optional.of(v);
  }

  private static List<String> names(Attrs attrs) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < attrs.size(); i++) {
      names.add(attrs.name(i).name());
    }
    return names;
  }

  private static String shown(List<String> paths) {
    List<String> quoted = new ArrayList<>(paths.stream().map(p -> "'" + p + "'").toList());
    String last = quoted.removeLast();
    return quoted.isEmpty() ? last : String.join(", ", quoted) + " or " + last;
  }
}
