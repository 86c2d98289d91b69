package org.buildchain.daemon.nix.shell;

import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.build.Builds;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The environment of a builder. Source: Nix 2.26 manual, {@code nix print-dev-env}. */
@Command(
    name = "print-dev-env",
    description =
        "Prints what takes a bash into the environment of a derivation's builder, as stdenv sets it"
            + " up.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  . <(bc print-dev-env)                of the shell of the flake here",
      "  bc print-dev-env -f . hello > env.sh",
      "  bc print-dev-env --json nixpkgs#hello",
      "  bc print-dev-env --profile ./env     keeps it, as direnv does"
    })
public final class PrintDevEnv extends BcCommand {
  @Mixin private DevOptions options;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = options.evaluations(context);
    Builds builds = new Builds(context, evaluations.settings(), false);
    DevDerivation.Built built = options.built(context, evaluations, builds);
    context
        .messages()
        .println(json ? built.environment().json() : DevOptions.script(context, built));
    return 0;
  }
}
