package org.buildchain.daemon.command.flake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.AttributeOptions;
import org.buildchain.daemon.command.argument.EvaluationOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.LockFileOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.PackageSearch;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.language.flake.Flakes;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Searches packages. Source: Nix 2.26 manual, {@code nix search}. */
@Command(
    name = "search",
    description = "Lists packages whose attribute, name or description matches expressions.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc search nixpkgs firefox          of a flake, this system's",
      "  bc search nixpkgs git 'gui|front'  both must match",
      "  bc search . ^ --json               all packages of the flake here",
      "  bc search -f ./default.nix . hello"
    })
public final class SearchCommand extends BcCommand {
  @Parameters(
      index = "0",
      paramLabel = "FLAKE",
      description = "Whose packages; with -f or --expr: an attribute, '.' for the value itself.")
  private String searched;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "REGEX",
      description = "Extended regular expressions, whatever the case; all must match.")
  private List<String> wanted = new ArrayList<>();

  @Option(
      names = {"-e", "--exclude"},
      paramLabel = "REGEX",
      description = "Leave out what matches this. May be repeated.")
  private List<String> excluded = new ArrayList<>();

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Mixin private AttributeOptions attributes;

  @Mixin private EvaluationOptions evaluation;

  @Mixin private LockFileOptions locks;

  @Mixin private SettingOptions settings;

  @Override
  public Integer call() throws Exception {
    if (wanted.isEmpty()) {
      throw new CommandException(
          "Must provide at least one regex! To match all packages, use 'bc search FLAKE ^'.");
    }
    List<Pattern> all = patterns(wanted);
    List<Pattern> none = patterns(excluded);
    List<PackageSearch.Match> found =
        packages().stream()
            .filter(p -> none.stream().noneMatch(p::matches) && all.stream().allMatch(p::matches))
            .toList();
    if (json) {
      context.messages().println(object(found));
      return 0;
    }
    if (found.isEmpty()) {
      throw new CommandException("no results for the given search term(s)!");
    }
    StringBuilder out = new StringBuilder();
    found.forEach(
        p -> {
          out.append(out.isEmpty() ? "" : "\n").append("* ").append(p.path());
          out.append(p.version().isEmpty() ? "" : " (" + p.version() + ")").append('\n');
          out.append(p.description().isEmpty() ? "" : "  " + p.description() + "\n");
        });
    context.messages().print(out.toString());
    return 0;
  }

  private static List<Pattern> patterns(List<String> given) {
    try {
      return given.stream().map(g -> Pattern.compile(g, Pattern.CASE_INSENSITIVE)).toList();
    } catch (PatternSyntaxException e) {
      throw new CommandException("invalid regular expression '" + e.getPattern() + "'");
    }
  }

  /** All packages there; told again without evaluating where nothing has changed. */
  private List<PackageSearch.Match> packages() throws IOException {
    Evaluations evaluations =
        new Evaluations(
            context, settings, evaluation.searchPath(), locks.inputs().inputsFrom(context));
    String cwd = context.caller().invocation().cwd();
    List<Evaluation.Argument> arguments = evaluation.arguments(context);
    Evaluation.Query query =
        attributes.given()
            ? attributes.queries(context, List.of(searched), arguments).getFirst()
            : new Evaluation.Query(
                FlakeArgument.of(searched, cwd, FlakeOutput.PACKAGES_OF, locks.options(context)),
                List.of(),
                arguments,
                cwd);
    return PackageSearch.Match.of(
        evaluations
            .evaluation(query)
            .answer(
                List.of("packages"),
                query,
                (ev, args, values) -> words(ev, query, values.getFirst())));
  }

  private static List<String> words(Evaluator ev, Evaluation.Query query, Value value) {
    PackageSearch search = new PackageSearch(ev);
    if (query.input() instanceof Evaluation.Input.Flake f) {
      Flakes.selectAll(ev, f.reference(), f.locks(), f.attribute(), f.kind())
          .forEach(o -> search.search(o.value(), Evaluator.attrPath(o.path())));
    } else {
      search.search(value, List.of());
    }
    return search.words();
  }

  private static String object(List<PackageSearch.Match> found) {
    ObjectNode object = new ObjectMapper().createObjectNode();
    found.stream()
        .sorted(Comparator.comparing(PackageSearch.Match::path))
        .forEach(
            p ->
                object
                    .putObject(Octets.toText(p.path()))
                    .put("description", Octets.toText(p.description()))
                    .put("pname", Octets.toText(p.name()))
                    .put("version", Octets.toText(p.version())));
    return Octets.fromText(object.toString());
  }
}
