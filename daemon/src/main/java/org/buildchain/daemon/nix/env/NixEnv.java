package org.buildchain.daemon.nix.env;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.daemon.command.argument.EvaluationOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nix-env --query}. Source: Nix manual, "nix-env --query"; {@code nix-env.cc}. */
@Command(
    name = "nix-env",
    description = "Lists the packages of an expression (-qa), or of a profile (-q).",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-env -f . -qaP --drv-path           all, with attributes and derivations",
      "  nix-env -f '<nixpkgs>' -qa 'gcc.*'     those whose names match",
      "  nix-env -f . -qa --json --meta -A hello"
    })
public final class NixEnv extends NixCommand {
  @Mixin private EvaluationOptions evaluation;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Names to list, as regular expressions, perhaps with a version; '*' for all.")
  private List<String> selectors = new ArrayList<>();

  @Option(
      names = {"-q", "--query"},
      description = "List packages. The only operation that there is.")
  private boolean query;

  @Option(
      names = {"-a", "--available"},
      description = "Those of the expression.")
  private boolean available;

  @Option(names = "--installed", description = "Those of the profile (the default).")
  private boolean installed;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The expression; default: ~/.nix-defexpr.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = {"-p", "--profile"},
      paramLabel = "PATH",
      description = "The profile; default: ~/.nix-profile.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = {"-A", "--attr"},
      paramLabel = "PATH",
      description = "Only what is below this attribute.")
  private String attribute = "";

  @Option(
      names = "--system-filter",
      paramLabel = "SYSTEM",
      description = "Only packages for this system; '*' (the default): for all.")
  private String systemFilter = "*";

  @Option(
      names = {
        "-i",
        "--install",
        "-e",
        "--uninstall",
        "-u",
        "--upgrade",
        "--set",
        "--set-flag",
        "-S",
        "--switch-profile",
        "-G",
        "--switch-generation",
        "--rollback",
        "--list-generations",
        "--delete-generations"
      },
      hidden = true)
  private boolean changesProfile;

  @Mixin private PackageColumns columns;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  protected int run() throws IOException {
    if (changesProfile) {
      throw usage(
          "there are no profiles here: 'bc build' leaves a link to what it has built, and"
              + " 'bc shell' finds the programs of packages");
    }
    if (!query) {
      throw usage("no operation specified; this nix-env answers queries (-q) only");
    }
    boolean fromExpression = available && !installed;
    if (columns.attributes() && !fromExpression) {
      throw usage("--attr-path(-P) only works with --available");
    }
    Evaluation evaluations =
        new Evaluations(context, settings, evaluation.searchPath(), true).evaluation();
    Set<StorePath> inProfile = new HashSet<>();
    if (columns.status()) {
      profileQuery().ifPresent(q -> inProfile.addAll(outPaths(evaluations, q)));
    }
    Optional<Evaluation.Query> source = fromExpression ? expressionQuery() : profileQuery();
    if (source.isEmpty()) {
      context.messages().print(json ? "{}\n" : "");
      return 0;
    }
    Evaluation.Work<String> work = (ev, a, v) -> list(ev, a, v, inProfile);
    // The status of packages is the store's, not the evaluation's; JSON may come with warnings.
    if (columns.status() || json) {
      context.messages().print(evaluations.run(source.get(), work));
      return 0;
    }
    // What the list depends on besides the query stands in the arguments.
    List<String> form = new ArrayList<>(context.caller().invocation().args());
    form.addFirst("nix-env");
    evaluations
        .answer(form, source.get(), (ev, a, v) -> List.of(work.apply(ev, a, v)))
        .forEach(context.messages()::print);
    return 0;
  }

  private Optional<Evaluation.Query> expressionQuery() throws IOException {
    String cwd = context.caller().invocation().cwd();
    List<String> selected = attribute.isEmpty() ? List.of() : List.of(attribute);
    Evaluation.Input input =
        new PackageSource(context).input(file.orElse(home(".nix-defexpr")), cwd);
    return Optional.of(new Evaluation.Query(input, selected, evaluation.arguments(context), cwd));
  }

  private Optional<Evaluation.Query> profileQuery() {
    String cwd = context.caller().invocation().cwd();
    String manifest =
        CanonicalPath.absolute(profile.orElse(home(".nix-profile")), cwd) + "/manifest.nix";
    return PackageSource.exists(manifest)
        ? Optional.of(
            new Evaluation.Query(
                new Evaluation.Input.Imported(new Evaluation.Input.File(manifest)),
                List.of(),
                List.of(),
                cwd))
        : Optional.empty();
  }

  private String home(String name) {
    return context.caller().invocation().env().getOrDefault("HOME", "/root") + "/" + name;
  }

  private static Set<StorePath> outPaths(Evaluation evaluation, Evaluation.Query profile) {
    try {
      return evaluation.run(
          profile,
          (ev, arguments, values) -> {
            Set<StorePath> paths = new HashSet<>();
            for (Package p : Evaluation.packages(ev, arguments, values.getFirst(), "", false)) {
              p.outputs(true).values().forEach(o -> o.ifPresent(paths::add));
            }
            return paths;
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String list(Evaluator ev, Attrs arguments, List<Value> values, Set<StorePath> inProfile) {
    List<Package> all = new ArrayList<>();
    for (Package p : Evaluation.packages(ev, arguments, values.getFirst(), attribute, available)) {
      if (systemFilter.equals("*") || p.system().equals(systemFilter)) {
        all.add(p);
      }
    }
    List<Package> chosen = new NameSelectors(ev, selectors).choose(all);
    PackageOrder.sort(chosen);
    if (json) {
      return new PackageJson(ev, context, columns).write(chosen);
    }
    TextTable table = new TextTable();
    try (Ahead.Scope _ = Package.ahead(ev, columns.drvPath() ? chosen : List.of())) {
      for (Package p : chosen) {
        try {
          table.add(columns.of(p, context.services().store(), inProfile));
        } catch (EvalException e) {
          if (!Package.isAssertion(e)) {
            throw e.trace(Pos.NONE, "while querying the derivation named '" + p.name() + "'");
          }
        }
      }
    }
    return table.toString();
  }
}
