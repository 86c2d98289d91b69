package org.buildchain.daemon.command.expression;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.command.build.Generations;
import org.buildchain.daemon.command.build.OutLinkOptions;
import org.buildchain.daemon.command.build.RealiseOptions;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Builds the derivations of an expression. */
@Command(
    name = "build",
    description =
        "Builds the derivations of an expression, prints their outputs' store paths and"
            + " leaves links to them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc build                              ./default.nix, links ./result",
      "  bc build ./examples/hello             default.nix of a folder",
      "  bc build '<nixpkgs>' -A hello -o hi   one attribute, links ./hi",
      "  bc build -f . app app.dev             attributes, as nix build takes them",
      "  bc build .#hello                      packages.<system>.hello of the flake",
      "  bc build .#hello^dev,man              those outputs of it; '^*' for all",
      "  bc build -E '(import ./. {}).app' --no-link --json",
      "  bc build .#env --profile ./env         keeps what ./env led to before",
      "  echo .#a .#b | bc build --stdin       what another program names",
      "  bc build --dry-run                    only say what would be built",
      "  bc build --check --keep-failed        build again, and say in what it differs"
    })
public final class BuildCommand extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  @Mixin private RealiseOptions realiseOptions;

  @Mixin private OutLinkOptions links;

  @Option(names = "--json", description = "Print an array of derivations and their outputs.")
  private boolean json;

  @Option(names = "--print-out-paths", description = "Taken: the paths are printed anyway.")
  boolean printOutPaths;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "Have the link NAME lead to the one output, by NAME-1-link, NAME-2-link and so on: what"
              + " it led to before stays.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--require",
      paramLabel = "verified",
      description =
          "Take only outputs that the chain in use calls valid, fetched from 'gateways' by their"
              + " CIDs; refuse everything else and say what is missing.")
  private Optional<String> require = Optional.empty();

  @Option(
      names = "--stdin",
      description = "Read more arguments, one word each, from standard input.")
  private boolean stdin;

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show the builders' output as it comes.")
  private boolean printLogs;

  @Override
  public Integer call() throws Exception {
    if (stdin) {
      expression.readGiven(context);
    }
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    boolean nothing = stdin && expression.given().isEmpty();
    List<Found> found = nothing ? List.of() : expression.found(context, evaluations);
    BuildRequest request = new BuildRequest(found);
    if (require.isPresent()) {
      if (!require.get().equals("verified")) {
        throw new CommandException("option '--require': expected 'verified'");
      }
      new Builds(context, evaluations.settings(), printLogs).requireVerified(request.wanted());
    }
    var made = realiseOptions.run(context, evaluations.settings(), printLogs, request.wanted());
    if (made.isEmpty()) {
      if (json) {
        context.messages().println(array(request.outputs(), planned(request)));
      }
      return 0;
    }
    List<StorePath> paths = request.paths(made.get());
    if (profile.isPresent() && Set.copyOf(paths).size() != 1) {
      throw new CommandException(
          "'--profile' requires that the arguments produce a single store path, but there are "
              + paths.size());
    }
    links.link(context, request, made.get());
    profile.ifPresent(name -> new Generations(context, name).next(paths.getFirst()));
    if (json) {
      context.messages().println(array(request.outputs(), made.get()));
    } else {
      StoreDir dir = context.services().store().dir();
      paths.forEach(p -> context.messages().println(dir.print(p)));
    }
    return 0;
  }

  /** The outputs whose paths are known before they are built. */
  private SortedMap<StorePath, SortedMap<String, StorePath>> planned(BuildRequest request) {
    StoreDir dir = context.services().store().dir();
    Derivations derivations = new Derivations(context.services().store());
    SortedMap<StorePath, SortedMap<String, StorePath>> planned = new TreeMap<>();
    request
        .outputs()
        .forEach(
            (path, names) -> {
              Derivation drv = derivations.apply(path);
              SortedMap<String, StorePath> known = new TreeMap<>();
              for (String name : names) {
                Optional.ofNullable(drv.outputs().get(name))
                    .flatMap(o -> o.path(dir, drv.name(), name))
                    .ifPresent(p -> known.put(name, p));
              }
              planned.put(path, known);
            });
    return planned;
  }

  private String array(
      Map<StorePath, SortedSet<String>> outputs,
      SortedMap<StorePath, SortedMap<String, StorePath>> realised) {
    StoreDir dir = context.services().store().dir();
    ArrayNode array = new ObjectMapper().createArrayNode();
    outputs
        .keySet()
        .forEach(
            drv -> {
              ObjectNode object = array.addObject().put("drvPath", dir.print(drv));
              ObjectNode paths = object.putObject("outputs");
              realised.get(drv).forEach((output, path) -> paths.put(output, dir.print(path)));
            });
    return array.toString();
  }
}
