package org.buildchain.daemon.nix;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Evaluations;
import org.buildchain.daemon.command.FlakeExpressionOptions;
import org.buildchain.daemon.command.RestOfLine;
import org.buildchain.daemon.command.SettingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nix-shell} in bc's own words, also of flakes. Source: Nix manual, {@code nix develop}. */
@Command(
    name = "develop",
    description =
        "Starts a shell in which a derivation could be built by hand: with what it is built from,"
            + " and its variables.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc develop                     of ./shell.nix or ./default.nix",
      "  bc develop '<nixpkgs>' -A hello",
      "  bc develop -f '<nixpkgs>' hello",
      "  bc develop .#                  devShells.<system>.default of the flake here",
      "  bc develop -c make check       run this there and leave"
    })
final class DevelopCommand extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settings;

  @Option(
      names = {"-c", "--command"},
      paramLabel = "COMMAND ARGUMENTS",
      arity = "1..*",
      parameterConsumer = RestOfLine.class,
      description = "Run this, with all arguments that follow, and leave.")
  private List<String> command = new ArrayList<>();

  @Option(
      names = {"-i", "--ignore-env", "--ignore-environment"},
      description = "Leave out most of the caller's environment.")
  private boolean pure;

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description = "A variable that -i leaves in. May be repeated.")
  private List<String> keep = new ArrayList<>();

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show the builders' output as it comes.")
  private boolean printLogs;

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = new Evaluations(context, settings, expression);
    new DerivationShell(
            context,
            evaluations,
            ShellTarget.of(context, evaluations, expression),
            new DerivationShell.Options(pure, keep, List.of(), printLogs, false))
        .enter(line(), !command.isEmpty());
    return 0;
  }

  private String line() {
    return command.isEmpty()
        ? ""
        : command.stream().map(ShellWords::quoted).collect(Collectors.joining(" ")) + "\nexit";
  }
}
