package org.buildchain.daemon.command.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.evaluation.App;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.language.flake.FlakeOutput;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Builds a program and becomes it. Source: Nix 2.26 manual, {@code nix run}. */
@Command(
    name = "run",
    description = "Builds a program and runs it in the place of bc.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc run                          the program of ./default.nix",
      "  bc run ./examples/hello",
      "  bc run -A hello '<nixpkgs>' --greeting=hi",
      "  bc run -f '<nixpkgs>' hello -- --help",
      "  bc run .#hello -- --help        an app or package of the flake here",
      "",
      "It is the program of an app, or of a derivation: meta.mainProgram, or else its name without",
      "the version. Options stand before FILE; what follows FILE are the program's arguments."
    })
public final class RunCommand extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  @Mixin private EnvironmentOptions environment;

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show the builders' output as it comes.")
  private boolean printLogs;

  /** Its command line: what follows FILE is no option of ours. */
  public static CommandLine line() {
    return EnvironmentOptions.line(new RunCommand()).setStopAtPositional(true);
  }

  @Override
  public Integer call() throws Exception {
    SortedMap<String, String> env = environment.of(context.caller().invocation().env());
    List<String> args = new ArrayList<>(expression.splitArguments());
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    List<Evaluation.Query> queries = expression.queries(context, FlakeOutput.APP, path -> path);
    if (queries.size() != 1) {
      throw new CommandException("a derivation's file has no program: name its expression");
    }
    Evaluation.Query query = queries.getFirst();
    String program = program(context, evaluations, query, printLogs);
    args.addFirst(program);
    context.become(program, args, env);
    return 0;
  }

  /**
   * The path of the program that a query's value stands for, built.
   *
   * @throws CommandException if it is outside of the store
   */
  static String program(
      CommandContext context, Evaluations evaluations, Evaluation.Query query, boolean printLogs)
      throws IOException, InterruptedException {
    App app =
        evaluations
            .evaluation(query)
            .run(
                query,
                (ev, arguments, values) -> App.of(ev, ev.autoCall(values.getFirst(), arguments)));
    var built = new Builds(context, evaluations.settings(), printLogs).realise(app.needs());
    String program = app.path(context.services().store().dir(), built);
    if (Optional.of(program).flatMap(context.services().store().dir()::containing).isEmpty()) {
      throw new CommandException("app program '" + program + "' is not in the Nix store");
    }
    return program;
  }
}
