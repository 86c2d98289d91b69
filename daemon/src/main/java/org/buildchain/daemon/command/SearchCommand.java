package org.buildchain.daemon.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.PackageSearch;
import org.buildchain.language.eval.Evaluator;
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
final class SearchCommand extends BcCommand {
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
    PackageSearch.Terms terms = new PackageSearch.Terms(patterns(wanted), patterns(excluded));
    Map<String, PackageSearch.Match> found = found(terms);
    if (json) {
      context.messages().println(object(found));
      return 0;
    }
    if (found.isEmpty()) {
      throw new CommandException("no results for the given search term(s)!");
    }
    StringBuilder out = new StringBuilder();
    found.forEach(
        (path, p) -> {
          out.append(out.isEmpty() ? "" : "\n").append("* ").append(path);
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

  private Map<String, PackageSearch.Match> found(PackageSearch.Terms terms) throws Exception {
    Evaluations evaluations =
        new Evaluations(
            context, settings, evaluation.searchPath(), locks.inputs().inputsFrom(context));
    String cwd = context.caller().invocation().cwd();
    if (attributes.given()) {
      Evaluation.Query query =
          attributes.queries(context, List.of(searched), evaluation.arguments(context)).getFirst();
      return evaluations
          .evaluation()
          .run(
              query,
              (ev, arguments, values) ->
                  found(ev, terms, List.of(new Flakes.Output("", values.getFirst()))));
    }
    Evaluation.Input.Flake flake =
        FlakeArgument.of(searched, cwd, FlakeOutput.PACKAGES_OF, locks.options(context));
    return evaluations
        .ofFlake(flake.reference())
        .run(
            ev ->
                found(
                    ev,
                    terms,
                    Flakes.selectAll(
                        ev, flake.reference(), flake.locks(), flake.attribute(), flake.kind())));
  }

  private static Map<String, PackageSearch.Match> found(
      Evaluator ev, PackageSearch.Terms terms, List<Flakes.Output> outputs) {
    Map<String, PackageSearch.Match> found = new LinkedHashMap<>();
    PackageSearch search = new PackageSearch(ev, terms, found);
    for (Flakes.Output o : outputs) {
      search.search(o.value(), o.path().isEmpty() ? List.of() : Evaluator.attrPath(o.path()));
    }
    return found;
  }

  private static String object(Map<String, PackageSearch.Match> found) {
    ObjectNode object = new ObjectMapper().createObjectNode();
    new TreeMap<>(found)
        .forEach(
            (path, p) ->
                object
                    .putObject(Octets.toText(path))
                    .put("description", Octets.toText(p.description()))
                    .put("pname", Octets.toText(p.name()))
                    .put("version", Octets.toText(p.version())));
    return Octets.fromText(object.toString());
  }
}
