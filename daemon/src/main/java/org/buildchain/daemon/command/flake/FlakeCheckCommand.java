package org.buildchain.daemon.command.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.LockFileOptions;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.FlakeCheck;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a flake. Source: Nix 2.26 manual, {@code nix flake check}. */
@Command(
    name = "check",
    description = "Looks whether a flake's outputs are what they should be, and builds its checks.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc flake check                     of the flake here",
      "  bc flake check --no-build ../other only evaluate",
      "  bc flake check --all-systems --keep-going"
    })
final class FlakeCheckCommand extends BcCommand {
  @Parameters(arity = "0..1", paramLabel = "FLAKE", description = "Default: the flake here.")
  private String flake = ".";

  @Option(names = "--no-build", description = "Do not build the checks.")
  private boolean noBuild;

  @Option(names = "--all-systems", description = "Look at what is for other systems than this.")
  private boolean allSystems;

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show the builders' output as it comes.")
  private boolean printLogs;

  @Mixin private LockFileOptions lockOptions;

  @Mixin private SettingOptions settingOptions;

  @Override
  public Integer call() throws Exception {
    String reference = FlakeArgument.reference(flake, context.caller().invocation().cwd());
    LockOptions locks = lockOptions.options(context);
    Map<String, String> set = noBuild ? Map.of("allow-import-from-derivation", "false") : Map.of();
    Evaluations evaluations = new Evaluations(context, settingOptions, lockOptions.inputs(), set);
    Evaluation evaluation = evaluations.ofFlake(reference);
    boolean keepGoing = evaluations.settings().flag("keep-going");
    FlakeCheck.Options options = new FlakeCheck.Options(allSystems, keepGoing);
    Evaluation.Task<FlakeCheck.Result> task = ev -> FlakeCheck.of(ev, reference, locks, options);
    // The words of an error that is told on the way are those of a first evaluation.
    FlakeCheck.Result result = keepGoing ? evaluation.runFresh(task) : evaluation.run(task);
    if (!noBuild && !result.checks().isEmpty()) {
      context.messages().note("running " + result.checks().size() + " flake checks...");
      new Builds(context, evaluations.settings(), printLogs).realise(wanted(result.checks()));
    }
    if (result.failed()) {
      throw new CommandException("some errors were encountered during the evaluation");
    }
    if (!result.omitted().isEmpty()) {
      context
          .messages()
          .warning(
              "The check omitted these incompatible systems: "
                  + String.join(", ", result.omitted())
                  + "\nUse '--all-systems' to check all.");
    }
    return 0;
  }

  private List<DerivedPath> wanted(List<StorePath> checks) {
    Derivations derivations = new Derivations(context.services().store());
    List<DerivedPath> wanted = new ArrayList<>();
    for (StorePath drv : checks) {
      TreeSet<String> outputs = new TreeSet<>(derivations.apply(drv).outputs().keySet());
      wanted.add(new DerivedPath.Built(drv, outputs));
    }
    return wanted;
  }
}
