package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;

/** The outputs of a flake as a tree. Source: {@code nix flake show}, {@code flake.cc}. */
public final class FlakeShow {
  private static final Set<String> FOLDERS =
      Set.of(
          "defaultPackage",
          "devShell",
          "formatter",
          "nixosConfigurations",
          "nixosModules",
          "defaultApp",
          "templates",
          "overlays");
  private static final Set<String> BY_SYSTEM = Set.of("checks", "packages", "devShells", "apps");
  private static final Set<String> MAY_BE_EMPTY =
      Set.of("formatter", "nixosConfigurations", "nixosModules", "overlays");

  /**
   * What is shown, and how.
   *
   * @param legacy whether what is in {@code legacyPackages} is
   * @param allSystems whether what is for other systems is
   */
  public record Options(boolean json, boolean legacy, boolean allSystems, boolean colours) {}

  private final Evaluator ev;
  private final Options options;
  private final TreeLines style;
  private final Consumer<String> lines;

  private FlakeShow(Evaluator ev, Options options, Consumer<String> lines) {
    this.ev = ev;
    this.options = options;
    this.style = new TreeLines(options.colours());
    this.lines = lines;
  }

  /**
   * Shows a flake.
   *
   * @param lines gets each line when it is known
   * @throws EvalException if there is no such flake, or an output is not what its name says
   * @throws LockNeeded if the lock file has to be written first
   */
  public static void show(
      Evaluator ev, String reference, LockOptions locks, Options options, Consumer<String> lines) {
    Flakes.Named named = Flakes.locked(ev, reference, locks, false);
    Attrs flake =
        ev.attrs(FlakeCall.call(ev, named.locked()), Pos.NONE, "while evaluating a flake");
    FlakeShow show = new FlakeShow(ev, options, lines);
    String title = show.style.bold(named.locked().flake().locked().toString());
    Object json = show.visit(flake.get(ev.symbols().of("outputs")), List.of(), title, "");
    if (options.json()) {
      lines.accept(FlakeJson.compact(json));
    }
  }

  /** Prints an output; what it gives is JSON. */
  private SortedMap<String, Object> visit(
      Value output, List<String> path, String header, String prefix) {
    String first = path.isEmpty() ? "" : path.getFirst();
    int depth = path.size();
    try {
      if (depth == 0
          || (depth == 1 && FOLDERS.contains(first))
          || (depth <= 2 && BY_SYSTEM.contains(first))) {
        return inner(output, path, header, prefix);
      }
      boolean single =
          depth == 2 && Set.of("defaultPackage", "devShell", "formatter").contains(first);
      if (single || (depth == 3 && BY_SYSTEM.contains(first) && !first.equals("apps"))) {
        if (isForeign(path.get(1))) {
          return omitted(path, header, "--all-systems");
        }
        if (!ev.isDerivation(output)) {
          throw EvalException.other("expected a derivation");
        }
        return derivation(output, path, header);
      }
      if (first.equals("hydraJobs")) {
        return ev.isDerivation(output)
            ? derivation(output, path, header)
            : inner(output, path, header, prefix);
      }
      if (first.equals("legacyPackages")) {
        return legacy(output, path, header, prefix);
      }
      if (depth == (first.equals("apps") ? 3 : 2) && Set.of("defaultApp", "apps").contains(first)) {
        return app(output, path, header);
      }
      if ((depth == 1 && first.equals("defaultTemplate"))
          || (depth == 2 && first.equals("templates"))) {
        String said = string(required(output, "description", path), path);
        return leaf("template", Optional.of(said), header + ": template: " + style.bold(said));
      }
      return other(first, depth, header);
    } catch (EvalException e) {
      if (!first.equals("legacyPackages")) {
        throw e;
      }
      return new TreeMap<>();
    }
  }

  private SortedMap<String, Object> legacy(
      Value output, List<String> path, String header, String prefix) {
    if (path.size() > 1 && !options.legacy()) {
      return omitted(path, header, "--legacy");
    }
    if (path.size() > 1 && isForeign(path.get(1))) {
      return omitted(path, header, "--all-systems");
    }
    if (path.size() > 1 && ev.isDerivation(output)) {
      return derivation(output, path, header);
    }
    return path.size() <= 2 ? inner(output, path, header, prefix) : new TreeMap<>();
  }

  private boolean isForeign(String system) {
    return !options.allSystems() && !system.equals(ev.host().currentSystem());
  }

  private void line(String text) {
    if (!options.json()) {
      lines.accept(text);
    }
  }

  private SortedMap<String, Object> omitted(List<String> path, String header, String option) {
    String hint = " (use '" + option + "' to show)";
    line(header + " " + style.magenta("omitted") + hint);
    if (options.json()) {
      ev.host().message(EvalHost.Level.WARNING, String.join(".", path) + " omitted" + hint);
    }
    return new TreeMap<>();
  }

  private SortedMap<String, Object> leaf(String type, Optional<String> description, String text) {
    line(text);
    SortedMap<String, Object> json = new TreeMap<>();
    json.put("type", type);
    description.ifPresent(d -> json.put("description", d));
    return json;
  }

  private SortedMap<String, Object> inner(
      Value output, List<String> path, String header, String prefix) {
    line(header);
    Attrs attrs = attrs(output, path);
    List<Integer> shown = new ArrayList<>();
    for (int i : attrs.byName()) {
      if (hasContent(attrs.value(i), Locker.append(path, attrs.name(i).name()))) {
        shown.add(i);
      }
    }
    SortedMap<String, Object> json = new TreeMap<>();
    for (int i : shown) {
      String name = attrs.name(i).name();
      boolean last = i == shown.getLast();
      String branch = style.green(prefix + (last ? TreeLines.LAST : TreeLines.BETWEEN));
      json.put(
          name,
          visit(
              attrs.value(i),
              Locker.append(path, name),
              branch + style.bold(Literals.name(name)),
              prefix + (last ? TreeLines.NOTHING : TreeLines.LINE)));
    }
    return json;
  }

  /** Whether there is something below, where sets are made for each system be they empty. */
  private boolean hasContent(Value v, List<String> path) {
    String first = path.getFirst();
    boolean bySystem = BY_SYSTEM.contains(first) || first.equals("legacyPackages");
    if (!(bySystem && path.size() <= 2) && !(MAY_BE_EMPTY.contains(first) && path.size() == 1)) {
      return true;
    }
    try {
      Attrs attrs = attrs(v, path);
      for (int i : attrs.byName()) {
        if (hasContent(attrs.value(i), Locker.append(path, attrs.name(i).name()))) {
          return true;
        }
      }
      return false;
    } catch (EvalException e) {
      // It is told where it is shown.
      return true;
    }
  }

  private SortedMap<String, Object> derivation(Value v, List<String> path, String header) {
    String name = string(required(v, "name", path), path);
    String first = path.getFirst();
    String kind =
        switch (first) {
          case "devShell", "devShells" -> "development environment";
          case "checks", "hydraJobs" -> "derivation";
          default -> "package";
        };
    Optional<String> description = options.json() ? description(v, path) : Optional.empty();
    SortedMap<String, Object> json =
        leaf(
            "derivation",
            Optional.of(description.orElse("")),
            header + ": " + kind + " '" + name + "'");
    json.put("name", name);
    return json;
  }

  private SortedMap<String, Object> app(Value v, List<String> path, String header) {
    Optional<String> type = get(v, "type").map(t -> string(t, path));
    Optional<String> description = description(v, path);
    if (!type.equals(Optional.of("app"))) {
      throw EvalException.other("not an app definition");
    }
    return leaf(
        "app", description, header + ": app: " + style.bold(description.orElse("no description")));
  }

  private SortedMap<String, Object> other(String first, int depth, String header) {
    String type = "unknown";
    String text = type;
    if (depth == 1 ? first.equals("overlay") : depth == 2 && first.equals("overlays")) {
      type = "nixpkgs-overlay";
      text = "Nixpkgs overlay";
    } else if (depth == 2 && first.equals("nixosConfigurations")) {
      type = "nixos-configuration";
      text = "NixOS configuration";
    } else if (depth == 1 ? first.equals("nixosModule") : first.equals("nixosModules")) {
      type = "nixos-module";
      text = "NixOS module";
    }
    return leaf(type, Optional.empty(), header + ": " + style.magenta(text));
  }

  private Optional<String> description(Value v, List<String> path) {
    return get(v, "meta").flatMap(m -> get(m, "description")).map(d -> string(d, path));
  }

  private Optional<Value> get(Value v, String name) {
    return ev.force(v) instanceof Attrs a
        ? Optional.ofNullable(a.get(ev.symbols().of(name)))
        : Optional.empty();
  }

  private Value required(Value v, String name, List<String> path) {
    return get(attrs(v, path), name)
        .orElseThrow(
            () ->
                EvalException.other(
                    "attribute '" + String.join(".", path) + "." + name + "' does not exist"));
  }

  private Attrs attrs(Value v, List<String> path) {
    if (ev.force(v) instanceof Attrs a) {
      return a;
    }
    throw EvalException.type("'" + String.join(".", path) + "' is not an attribute set");
  }

  private String string(Value v, List<String> path) {
    if (ev.force(v) instanceof Str s) {
      return s.value();
    }
    throw EvalException.type(
        "'" + String.join(".", path) + "' is not a string but " + ev.force(v).described());
  }
}
