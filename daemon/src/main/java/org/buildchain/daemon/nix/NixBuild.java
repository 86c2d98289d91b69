package org.buildchain.daemon.nix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BuildRequest;
import org.buildchain.daemon.command.Builds;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Evaluations;
import org.buildchain.daemon.command.ExpressionOptions;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.store.path.StoreDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nix-build}. Source: Nix manual, "nix-build"; {@code nix-build.cc}. */
@Command(
    name = "nix-build",
    description =
        "Builds the derivations of expressions, prints their outputs' store paths and leaves"
            + " links to them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-build -A hello                   of ./default.nix, links ./result",
      "  nix-build '<nixpkgs>' -A hello -o hi links ./hi",
      "  nix-build -E '(import ./. {}).app' --no-out-link"
    })
final class NixBuild extends NixCommand {
  @Mixin private ExpressionOptions expression;

  @Option(
      names = {"-o", "--out-link"},
      paramLabel = "NAME",
      description = "Name the links NAME, NAME-2, ... Default: result.")
  private String outLink = "result";

  @Option(
      names = {"--no-out-link", "--no-link"},
      description = "Leave no links; the outputs are not kept alive.")
  private boolean noOutLink;

  @Option(names = "--dry-run", description = "Only say what would be built.")
  private boolean dryRun;

  @Option(names = "--check", description = "Not there yet: build again and compare.")
  private boolean check;

  @Option(names = "--repair", description = "Not there yet: build again what is damaged.")
  private boolean repair;

  @Option(
      names = {"--indirect", "--add-drv-link"},
      description = "Taken, and without effect.")
  boolean obsolete;

  @Option(names = "--drv-link", paramLabel = "NAME", description = "Taken, and without effect.")
  Optional<String> drvLink = Optional.empty();

  @Override
  int run() throws Exception {
    refuse(check, "--check");
    refuse(repair, "--repair");
    Evaluations evaluations = new Evaluations(context, settings, expression.searchPath(), false);
    List<Found> found = new ArrayList<>(expression.derivations(context));
    for (Evaluation.Query query : expression.queries(context)) {
      found.addAll(evaluations.evaluation().derivations(query));
    }
    BuildRequest request = new BuildRequest(found);
    Services services = context.services();
    StoreDir dir = services.store().dir();
    if (dryRun) {
      new Builds(context, evaluations.settings(), false).show(request.wanted());
      return 0;
    }
    var realised =
        new Builds(context, evaluations.settings(), !quietBuilds).realise(request.wanted());
    if (!noOutLink) {
      request.link(context, outLink, realised);
    }
    request.paths(realised).forEach(p -> context.messages().println(dir.print(p)));
    return 0;
  }

  static void refuse(boolean given, String option) {
    if (given) {
      throw new CommandException(
          "'" + option + "' is not supported: bc cannot build a valid path again yet");
    }
  }
}
