package org.buildchain.daemon.repl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.EvaluationOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Evaluates what is typed. */
@Command(
    name = "repl",
    description = "Evaluates expressions as they are typed; ':?' lists what else it can do.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc repl                       names are completed by the tab key",
      "  bc repl ./default.nix         with the attributes of a file in scope",
      "  bc repl -f ./default.nix lib  with those of one attribute",
      "  bc repl .#                    with the outputs of the flake here",
      "  bc repl --expr 'import <nixpkgs> {}'",
      "  echo 'map (x: x + 1) [ 1 2 ]' | bc repl"
    })
public final class ReplCommand extends BcCommand {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "Files, folders or flakes whose attributes are in scope from the start; with -f or --expr"
              + " EXPR: those of attributes of these.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A file whose attributes are in scope.")
  private List<String> moreFiles = new ArrayList<>();

  @Option(names = "-E", description = "The arguments are expressions, not files.")
  private boolean expressions;

  @Option(
      names = "--expr",
      paramLabel = "EXPR",
      description = "An expression whose attributes are in scope.")
  private Optional<String> expression = Optional.empty();

  @Mixin private EvaluationOptions options;

  @Mixin private SettingOptions settingOptions;

  @Override
  public Integer call() throws IOException {
    InterruptibleCaller caller = new InterruptibleCaller(context.caller());
    CommandContext inner =
        new CommandContext(context.services(), context.evaluators(), caller, context.messages());
    Invocation invocation = caller.invocation();
    boolean atTerminal =
        invocation.stdinIsTerminal()
            && invocation.stdoutIsTerminal()
            && !invocation.env().getOrDefault("TERM", "dumb").equals("dumb");
    List<Loaded> loaded = loaded(invocation.cwd());
    context
        .messages()
        .note("bc " + context.services().version() + ", the Nix language\nType :? for help.");
    Evaluation.Query arguments =
        new Evaluation.Query(
            new Evaluation.Input.Text("null", invocation.cwd()),
            List.of(),
            options.arguments(context),
            invocation.cwd());
    boolean showTrace = settingOptions.apply(context.settings(), w -> {}).flag("show-trace");
    try (Console console =
        atTerminal ? new TerminalConsole(caller, history()) : new PlainConsole(caller)) {
      boolean again = true;
      while (again) {
        Evaluation evaluation =
            new Evaluations(inner, settingOptions, options.searchPath(), false).evaluation();
        again =
            evaluation.run(
                arguments,
                (ev, args, values) ->
                    new Session(inner, caller, console, ev, args, loaded, showTrace).run());
      }
    }
    return 0;
  }

  /** What is in scope; what is no file is an attribute of what is named by an option. */
  private List<Loaded> loaded(String cwd) {
    List<Loaded> of = new ArrayList<>();
    moreFiles.forEach(f -> of.add(new Loaded(f, Loaded.Kind.FILE)));
    expression.ifPresent(e -> of.add(new Loaded(e, Loaded.Kind.EXPRESSION)));
    List<Loaded> all = new ArrayList<>();
    List<Loaded> attributes = new ArrayList<>();
    for (String given : files) {
      boolean file = Files.exists(Path.of(Octets.toText(CanonicalPath.absolute(given, cwd))));
      if (expressions) {
        all.add(new Loaded(given, Loaded.Kind.EXPRESSION));
      } else if (of.size() == 1 && !file) {
        attributes.add(new Loaded(of.getFirst().text(), of.getFirst().kind(), given));
      } else if (FlakeArgument.is(given, cwd, FlakeOutput.ANY)
          || FlakeArgument.isName(given, cwd)) {
        all.add(new Loaded(given, Loaded.Kind.FLAKE));
      } else {
        all.add(new Loaded(given, Loaded.Kind.FILE));
      }
    }
    all.addAll(0, attributes.isEmpty() ? of : attributes);
    return all;
  }

  private Path history() {
    var env = context.caller().invocation().env();
    String data = env.getOrDefault("XDG_DATA_HOME", "");
    if (!data.startsWith("/")) {
      data = env.getOrDefault("HOME", "/root") + "/.local/share";
    }
    return Path.of(Octets.toText(data), "bc", "repl-history");
  }
}
