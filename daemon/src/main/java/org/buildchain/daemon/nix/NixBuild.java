package org.buildchain.daemon.nix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.command.build.OutLinkOptions;
import org.buildchain.daemon.command.build.RealiseOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.nix.program.NixExpressionOptions;
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
  @Mixin private NixExpressionOptions expression;

  @Mixin private RealiseOptions realiseOptions;

  @Mixin private OutLinkOptions links;

  @Option(
      names = {"--indirect", "--add-drv-link"},
      description = "Taken, and without effect.")
  boolean obsolete;

  @Option(names = "--drv-link", paramLabel = "NAME", description = "Taken, and without effect.")
  Optional<String> drvLink = Optional.empty();

  @Override
  protected int run() throws Exception {
    Evaluations evaluations = new Evaluations(context, settings, expression.searchPath(), false);
    List<Found> found = new ArrayList<>(expression.derivations(context));
    for (Evaluation.Query query :
        expression.queries(context, context.caller().invocation().cwd(), path -> path)) {
      found.addAll(evaluations.evaluation().derivations(query));
    }
    BuildRequest request = new BuildRequest(found);
    var made = realiseOptions.run(context, evaluations.settings(), !quietBuilds, request.wanted());
    if (made.isPresent()) {
      links.link(context, request, made.get());
      StoreDir dir = context.services().store().dir();
      request.paths(made.get()).forEach(p -> context.messages().println(dir.print(p)));
    }
    return 0;
  }
}
