package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.evaluation.OutputsSpec;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Store objects that a command is about: named, or as outputs of what flakes and expressions give.
 * Source: Nix 2.26 manual, {@code nix}, "Installables".
 */
public final class PathOptions {
  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description =
          "Store paths, links to them such as ./result, CIDs, '....drv^out', or outputs of flakes"
              + " ('FLAKE#ATTRIBUTE').")
  private List<String> given = new ArrayList<>();

  @Option(names = "--stdin", description = "Read more of them, one word each, from standard input.")
  private boolean stdin;

  @Mixin private AttributeOptions attributes;

  @Mixin private EvaluationOptions evaluation;

  @Mixin private LockFileOptions locks;

  /**
   * What arguments stand for.
   *
   * @param objects of the store
   * @param outputs of derivations, perhaps not built
   */
  private record Asked(List<StorePath> objects, List<Found> outputs) {}

  /** Whether nothing is named. */
  public boolean none() {
    return given.isEmpty() && !attributes.given() && !stdin;
  }

  /** The first argument as it was given. */
  public String first() {
    return given.isEmpty() ? "." : given.getFirst();
  }

  /** The same options for each argument alone. */
  public List<PathOptions> each() {
    return given.stream().map(this::only).toList();
  }

  private PathOptions only(String argument) {
    PathOptions one = new PathOptions();
    one.given = List.of(argument);
    one.attributes = attributes;
    one.evaluation = evaluation;
    one.locks = locks;
    return one;
  }

  /** Takes what standard input names, once. */
  private void readNames(CommandContext context) throws IOException {
    if (stdin) {
      context.record().takesMore();
      String words = Octets.of(context.caller().in().readAllBytes()).strip();
      List<String> all = new ArrayList<>(given);
      all.addAll(words.isEmpty() ? List.of() : List.of(words.split("\\s+")));
      given = all;
      stdin = false;
    }
  }

  private Asked asked(CommandContext context, Evaluations evaluations) throws IOException {
    readNames(context);
    String cwd = context.caller().invocation().cwd();
    List<StorePath> objects = new ArrayList<>();
    List<Found> outputs = new ArrayList<>();
    List<Evaluation.Query> queries = new ArrayList<>();
    List<Evaluation.Argument> arguments = evaluation.arguments(context);
    if (attributes.given()) {
      queries.addAll(attributes.queries(context, given, arguments));
    }
    for (String path : attributes.given() ? List.<String>of() : given) {
      if (path.contains(".drv^")) {
        outputs.addAll(selected(context, path));
      } else if (FlakeArgument.is(path, cwd, FlakeOutput.PACKAGE)) {
        Evaluation.Input flake =
            FlakeArgument.of(path, cwd, FlakeOutput.PACKAGE, locks.options(context));
        queries.add(new Evaluation.Query(flake, List.of(), arguments, cwd));
      } else {
        objects.add(stored(context, path));
      }
    }
    for (Evaluation.Query query : queries) {
      outputs.addAll(evaluations.evaluation(query).derivations(query));
    }
    return new Asked(objects, outputs);
  }

  private static StorePath stored(CommandContext context, String path) throws IOException {
    return new StoreArguments(context)
        .find(path)
        .orElseThrow(
            () -> {
              Path file =
                  Path.of(
                      Octets.toText(
                          CanonicalPath.absolute(path, context.caller().invocation().cwd())));
              boolean expression =
                  path.endsWith(".nix")
                      ? Files.isRegularFile(file)
                      : Files.isRegularFile(file.resolve("default.nix"));
              return new CommandException(
                  "path '"
                      + path
                      + "' is not in the Nix store"
                      + (expression
                          ? "; what the expression there gives is '-f " + path + "'"
                          : ""));
            })
        .object();
  }

  private static List<Found> selected(CommandContext context, String text) throws IOException {
    OutputsSpec.Selected selected = OutputsSpec.parse(text);
    StorePath drv = new StoreArguments(context).resolve(selected.of()).object();
    Set<String> known = derivation(context, drv).outputs().keySet();
    return selected.outputs().of(new TreeSet<>(known)).stream()
        .map(name -> new Found("", drv, name))
        .toList();
  }

  private static Derivation derivation(CommandContext context, StorePath drv) {
    return new Derivations(context.services().store()).apply(drv);
  }

  private Evaluations evaluations(CommandContext context, SettingOptions settings)
      throws IOException {
    return new Evaluations(
        context, settings, evaluation.searchPath(), locks.inputs().inputsFrom(context));
  }

  /**
   * The objects, each once; outputs are not built.
   *
   * @throws CommandException if an output's path is not known before it is built
   */
  public List<StorePath> objects(CommandContext context, SettingOptions settings)
      throws IOException {
    Asked asked = asked(context, evaluations(context, settings));
    Set<StorePath> all = new LinkedHashSet<>(asked.objects());
    for (Found f : asked.outputs()) {
      all.add(output(context.services().store(), f));
    }
    return List.copyOf(all);
  }

  /** The same, where what is named by a store path need not be here. */
  public List<StorePath> named(CommandContext context, SettingOptions settings) throws IOException {
    readNames(context);
    StoreDir dir = context.services().store().dir();
    List<StorePath> all = new ArrayList<>();
    if (attributes.given()
        || given.stream().anyMatch(g -> !g.startsWith(dir + "/") || g.contains(".drv^"))) {
      return objects(context, settings);
    }
    for (String path : given) {
      try {
        all.add(dir.parse(path));
      } catch (FormatException e) {
        throw new CommandException("'" + path + "' is no store path: " + e.getMessage());
      }
    }
    return all;
  }

  /** The objects, each once; outputs are built where they are missing. */
  public List<StorePath> built(CommandContext context, SettingOptions settings)
      throws IOException, InterruptedException {
    Evaluations evaluations = evaluations(context, settings);
    Asked asked = asked(context, evaluations);
    Set<StorePath> all = new LinkedHashSet<>(asked.objects());
    if (!asked.outputs().isEmpty()) {
      BuildRequest request = new BuildRequest(asked.outputs());
      Builds builds = new Builds(context, evaluations.settings(), false);
      all.addAll(request.paths(builds.realise(request.wanted())));
    }
    return List.copyOf(all);
  }

  /**
   * The derivations that are named or that make the objects, each once.
   *
   * @throws CommandException if it is not known what made an object
   */
  public List<StorePath> derivations(CommandContext context, SettingOptions settings)
      throws IOException {
    DiskStore store = context.services().store();
    Asked asked = asked(context, evaluations(context, settings));
    Set<StorePath> all = new LinkedHashSet<>();
    for (StorePath object : asked.objects()) {
      all.add(
          deriver(store, object)
              .orElseThrow(
                  () ->
                      new CommandException(
                          "'" + store.dir().print(object) + "' does not have a known deriver")));
    }
    asked.outputs().forEach(f -> all.add(f.drvPath()));
    return List.copyOf(all);
  }

  /** Likewise, without those that are not known. */
  public List<StorePath> derivers(CommandContext context, SettingOptions settings)
      throws IOException {
    Asked asked = asked(context, evaluations(context, settings));
    Set<StorePath> all = new LinkedHashSet<>();
    asked.objects().forEach(o -> deriver(context.services().store(), o).ifPresent(all::add));
    asked.outputs().forEach(f -> all.add(f.drvPath()));
    return List.copyOf(all);
  }

  private static Optional<StorePath> deriver(DiskStore store, StorePath object) {
    return object.isDerivation()
        ? Optional.of(object)
        : store.query(object).flatMap(PathInfo::deriver);
  }

  private static StorePath output(DiskStore store, Found f) {
    Derivation drv = new Derivations(store).apply(f.drvPath());
    DerivationOutput output = drv.outputs().get(f.output());
    if (output == null) {
      throw new CommandException(
          "derivation '"
              + store.dir().print(f.drvPath())
              + "' does not have wanted outputs '"
              + f.output()
              + "'");
    }
    return output
        .path(store.dir(), drv.name(), f.output())
        .or(() -> realised(store, drv, f.output()))
        .orElseThrow(
            () ->
                new CommandException(
                    "output '"
                        + f.output()
                        + "' of '"
                        + store.dir().print(f.drvPath())
                        + "' has no path before it is built"));
  }

  private static Optional<StorePath> realised(DiskStore store, Derivation drv, String output) {
    return Optional.ofNullable(
            new OutputPaths(store.dir(), new Derivations(store)).of(drv, true).hashes().get(output))
        .flatMap(hash -> store.realisation(new Store.RealisationId(hash, output)));
  }
}
