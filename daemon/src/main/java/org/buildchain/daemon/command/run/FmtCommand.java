package org.buildchain.daemon.command.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.LockFileOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.language.flake.FlakeOutput;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs the formatter of the flake here. Source: Nix 2.26 manual, {@code nix fmt}. */
@Command(
    name = "fmt",
    description = "Builds the formatter of the flake here and runs it in the place of bc.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc fmt                     with no arguments, as the formatter has it",
      "  bc fmt ./folder ./file.nix",
      "  bc fmt -- --check"
    })
public final class FmtCommand extends BcCommand {
  @Parameters(
      paramLabel = "ARGUMENT",
      arity = "0..*",
      description = "For the formatter, with all that follow.")
  private List<String> arguments = new ArrayList<>();

  @Mixin private LockFileOptions locks;

  @Mixin private SettingOptions settingOptions;

  /** Its command line: what follows the first argument is no option of ours. */
  public static CommandLine line() {
    return new CommandLine(new FmtCommand()).setStopAtPositional(true);
  }

  @Override
  public Integer call() throws Exception {
    String cwd = context.caller().invocation().cwd();
    Evaluations evaluations = new Evaluations(context, settingOptions, locks.inputs(), Map.of());
    Evaluation.Input flake =
        FlakeArgument.of(".", cwd, FlakeOutput.FORMATTER, locks.options(context));
    Evaluation.Query query = new Evaluation.Query(flake, List.of(), List.of(), cwd);
    List<String> command = new ArrayList<>(arguments);
    String program = RunCommand.program(context, evaluations, query, false);
    command.addFirst(program);
    context.become(program, command, Map.copyOf(context.caller().invocation().env()));
    return 0;
  }
}
