package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.buildchain.language.EvalHost.Level;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/**
 * Looks whether the outputs of a flake are what their names say. What is looked at is told as it
 * goes. Source: {@code CmdFlakeCheck} in {@code flake.cc} of Nix 2.26.
 */
public final class FlakeCheck {
  private static final Map<String, String> REPLACED =
      Map.of(
          "defaultPackage", "packages.<system>.default",
          "defaultApp", "apps.<system>.default",
          "defaultTemplate", "templates.default",
          "defaultBundler", "bundlers.<system>.default",
          "overlay", "overlays.default",
          "devShell", "devShells.<system>.default",
          "nixosModule", "nixosModules.default");

  /** Those that others than Nix give a meaning. */
  private static final Set<String> COMMUNITY =
      Set.of(
          "lib",
          "darwinConfigurations",
          "darwinModules",
          "flakeModule",
          "flakeModules",
          "herculesCI",
          "homeConfigurations",
          "homeModule",
          "homeModules",
          "nixopsConfigurations");

  /**
   * What is looked at.
   *
   * @param allSystems whether what is for other systems is
   * @param keepGoing whether to go on after a mistake, which is told then
   */
  public record Options(boolean allSystems, boolean keepGoing) {}

  /**
   * What was found.
   *
   * @param checks the derivations that are to be built
   * @param omitted the systems whose outputs were not looked at
   * @param failed whether there were mistakes
   */
  public record Result(List<StorePath> checks, SortedSet<String> omitted, boolean failed) {}

  private final Evaluator ev;
  private final Options options;
  private final Mistakes mistakes;
  private final OutputChecks outputs;
  private final List<StorePath> checks = new ArrayList<>();
  private final SortedSet<String> omitted = new TreeSet<>();

  private FlakeCheck(Evaluator ev, Options options) {
    this.ev = ev;
    this.options = options;
    this.mistakes = new Mistakes(ev, options.keepGoing());
    this.outputs = new OutputChecks(ev, mistakes);
  }

  /**
   * Looks at a flake.
   *
   * @throws EvalException at the first mistake, unless it is to go on
   */
  public static Result of(Evaluator ev, String reference, LockOptions locks, Options options) {
    FlakeCheck check = new FlakeCheck(ev, options);
    Attrs all =
        Flakes.outputs(
            ev, reference, locks, () -> ev.host().message(Level.NOTE, "evaluating flake..."));
    int first = all.indexOf(ev.symbols().of("hydraJobs"));
    if (first >= 0) {
      check.output(all, first);
    }
    for (int i : inOrder(all)) {
      if (i != first) {
        check.output(all, i);
      }
    }
    return new Result(List.copyOf(check.checks), check.omitted, check.mistakes.any());
  }

  /** The attributes as they are written, or by name where they are written here and there. */
  private static List<Integer> inOrder(Attrs attrs) {
    boolean together =
        IntStream.range(0, attrs.size())
            .allMatch(
                i -> attrs.pos(i).isKnown() && attrs.pos(i).source().equals(attrs.pos(0).source()));
    List<Integer> all = new ArrayList<>(IntStream.of(attrs.byName()).boxed().toList());
    if (together) {
      all.sort(Comparator.comparingInt(i -> attrs.pos(i).offset()));
    }
    return all;
  }

  private void output(Attrs all, int i) {
    String name = all.name(i).name();
    Pos at = all.pos(i);
    ev.host().message(Level.NOTE, "checking flake output '" + name + "'...");
    mistakes.guard(
        at,
        "while checking flake output '" + name + "'",
        () -> {
          Value v = ev.force(all.value(i));
          String replacement = REPLACED.get(name);
          if (replacement != null) {
            ev.host()
                .message(
                    Level.WARNING,
                    "flake output attribute '"
                        + name
                        + "' is deprecated; use '"
                        + replacement
                        + "' instead");
          }
          kind(name, v, at);
        });
  }

  private void kind(String name, Value v, Pos at) {
    switch (name) {
      case "checks" -> bySystemAndName(name, v, at, this::check);
      case "packages", "devShells" -> bySystemAndName(name, v, at, outputs::derivation);
      case "apps" -> bySystemAndName(name, v, at, outputs::app);
      case "bundlers" -> bySystemAndName(name, v, at, outputs::bundler);
      case "formatter", "defaultPackage", "devShell" -> bySystem(name, v, at, outputs::derivation);
      case "defaultApp" -> bySystem(name, v, at, outputs::app);
      case "defaultBundler" -> bySystem(name, v, at, outputs::bundler);
      case "legacyPackages" -> bySystem(name, v, at, (path, packages, place) -> {});
      case "overlay" -> outputs.overlay(name, v, at);
      case "overlays" -> each(name, v, at, outputs::overlay);
      case "nixosModule" -> outputs.module(name, v, at);
      case "nixosModules" -> each(name, v, at, outputs::module);
      case "nixosConfigurations" -> each(name, v, at, outputs::configuration);
      case "hydraJobs" -> outputs.jobs(name, v, at);
      case "defaultTemplate" -> outputs.template(name, v, at);
      case "templates" -> each(name, v, at, outputs::template);
      default -> {
        if (!COMMUNITY.contains(name)) {
          ev.host().message(Level.WARNING, "unknown flake output '" + name + "'");
        }
      }
    }
  }

  /** What is done with an output below another. */
  private interface Check {
    void run(String path, Value v, Pos at);
  }

  private void each(String path, Value v, Pos at, Check check) {
    Attrs attrs = ev.attrs(v, at, "");
    for (int i : inOrder(attrs)) {
      check.run(path + "." + attrs.name(i).name(), attrs.value(i), attrs.pos(i));
    }
  }

  private void bySystem(String name, Value v, Pos at, Check check) {
    each(
        name,
        v,
        at,
        (path, below, place) -> {
          String system = path.substring(name.length() + 1);
          if (system.indexOf('-') < 0) {
            mistakes.report(
                EvalException.other("'" + system + "' is not a valid system type, at " + place));
          }
          if (options.allSystems() || system.equals(ev.host().currentSystem())) {
            check.run(path, below, place);
          } else {
            omitted.add(system);
          }
        });
  }

  private void bySystemAndName(String name, Value v, Pos at, Check check) {
    bySystem(name, v, at, (path, below, place) -> each(path, below, place, check));
  }

  private void check(String path, Value v, Pos at) {
    Optional<StorePath> drv = outputs.derivation(path, v, at);
    if (drv.isPresent() && path.startsWith("checks." + ev.host().currentSystem() + ".")) {
      checks.add(drv.get());
    }
  }
}
