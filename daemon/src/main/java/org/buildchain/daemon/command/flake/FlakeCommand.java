package org.buildchain.daemon.command.flake;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.InputOptions;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands on flakes themselves. Source: Nix 2.26 manual, {@code nix flake}. */
@Command(
    name = "flake",
    description = "Shows, checks and begins flakes and locks their inputs.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc flake show                  the outputs of the flake here",
      "  bc flake metadata nixpkgs      where it is, what it is locked to",
      "  bc flake check                 whether its outputs are sound",
      "  bc flake update                all inputs as they are now",
      "  bc flake update nixpkgs        one of them"
    })
public final class FlakeCommand extends BcCommand {
  /** What was downloaded lately is asked for again. */
  private static final Map<String, String> AGAIN = Map.of("tarball-ttl", "0");

  @Spec private CommandSpec spec;

  /** The command with those below it. */
  public static CommandLine line() {
    return new CommandLine(new FlakeCommand())
        .addSubcommand("metadata", new FlakeMetadataCommand())
        .addSubcommand("show", new FlakeShowCommand())
        .addSubcommand("check", new FlakeCheckCommand())
        .addSubcommand("init", new FlakeInitCommand.Init())
        .addSubcommand("new", new FlakeInitCommand.New())
        .addSubcommand("prefetch", new FlakePrefetchCommand())
        .addSubcommand("lock", new Lock())
        .addSubcommand("update", new Update());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  private static void lock(
      CommandContext context,
      SettingOptions options,
      InputOptions inputs,
      String given,
      LockOptions locks)
      throws Exception {
    String flake = FlakeArgument.reference(given, context.caller().invocation().cwd());
    new Evaluations(context, options, inputs, AGAIN)
        .ofFlake(flake)
        .run(
            ev -> {
              Flakes.lock(ev, flake, locks);
              return List.of();
            });
  }

  /** Locks what is not locked. */
  @Command(
      name = "lock",
      description = "Writes what is missing into a flake's lock file; locked inputs stay.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc flake lock                           of the flake here",
        "  bc flake lock --no-update-lock-file     fail if something is missing",
        "  bc flake lock --override-input nixpkgs github:NixOS/nixpkgs/nixos-24.11"
      })
  static final class Lock extends BcCommand {
    @Parameters(arity = "0..1", paramLabel = "FLAKE", description = "Default: the flake here.")
    private String flake = ".";

    @Mixin private InputOptions inputs;

    @Option(names = "--no-update-lock-file", description = "Fail if flake.lock would change.")
    private boolean fixed;

    @Mixin private SettingOptions settingOptions;

    @Override
    public Integer call() throws Exception {
      LockOptions locks = inputs.options(context, true, !fixed).locking(true, false, Set.of());
      lock(context, settingOptions, inputs, flake, locks);
      return 0;
    }
  }

  /** Locks anew. */
  @Command(
      name = "update",
      description = "Locks inputs of a flake to what they are now: all, or those named.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc flake update                     all inputs of the flake here",
        "  bc flake update nixpkgs home/nixpkgs",
        "  bc flake update --flake ../other",
        "  bc flake update --commit-lock-file  and commit flake.lock"
      })
  static final class Update extends BcCommand {
    @Parameters(arity = "0..*", paramLabel = "INPUT", description = "Inputs, 'a' or 'a/b'.")
    private List<String> updated = List.of();

    @Option(names = "--flake", paramLabel = "FLAKE", description = "Default: the flake here.")
    private String flake = ".";

    @Mixin private InputOptions inputs;

    @Mixin private SettingOptions settingOptions;

    @Override
    public Integer call() throws Exception {
      for (String input : updated) {
        try {
          InputOptions.check(input);
        } catch (CommandException e) {
          context
              .messages()
              .warning(
                  "Invalid flake input '"
                      + input
                      + "'. To update a specific flake, use 'bc flake update --flake "
                      + input
                      + "' instead.");
          throw e;
        }
      }
      LockOptions locks =
          inputs
              .options(context, true, true)
              .locking(false, updated.isEmpty(), new TreeSet<>(updated));
      lock(context, settingOptions, inputs, flake, locks);
      return 0;
    }
  }
}
