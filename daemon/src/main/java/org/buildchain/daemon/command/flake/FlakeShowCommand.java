package org.buildchain.daemon.command.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Colours;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.LockFileOptions;
import org.buildchain.language.flake.FlakeShow;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a flake provides. */
@Command(
    name = "show",
    description = "Shows the outputs of a flake as a tree.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc flake show                      of the flake here",
      "  bc flake show nixpkgs --legacy     its packages too, which takes a while",
      "  bc flake show --json ../other"
    })
final class FlakeShowCommand extends BcCommand {
  @Parameters(arity = "0..1", paramLabel = "FLAKE", description = "Default: the flake here.")
  private String flake = ".";

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Option(names = "--legacy", description = "Show what is in 'legacyPackages'.")
  private boolean legacy;

  @Option(names = "--all-systems", description = "Show what is for other systems than this.")
  private boolean allSystems;

  @Mixin private LockFileOptions lockOptions;

  @Mixin private SettingOptions settingOptions;

  @Override
  public Integer call() throws Exception {
    String reference = FlakeArgument.reference(flake, context.caller().invocation().cwd());
    LockOptions locks = lockOptions.options(context);
    boolean colours = Colours.wantedOnOutput(context.caller().invocation());
    FlakeShow.Options options = new FlakeShow.Options(json, legacy, allSystems, colours);
    List<String> lines = new ArrayList<>();
    try {
      new Evaluations(
              context,
              settingOptions,
              lockOptions.inputs(),
              Map.of("allow-import-from-derivation", "false"))
          .ofFlake(reference)
          .run(
              ev -> {
                lines.clear();
                FlakeShow.show(ev, reference, locks, options, lines::add);
                return lines;
              });
    } finally {
      // Up to where it fails.
      lines.forEach(context.messages()::println);
    }
    return 0;
  }
}
