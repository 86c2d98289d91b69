package org.buildchain.daemon.repl;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.language.EvalHost.Wanted;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.flake.Flakes;
import org.buildchain.store.path.StorePath;

/** What begins with a colon. */
final class Directives {
  private static final String HELP =
      """
      The following commands are available:

        <expr>                  Evaluate and print expression
        <x> = <expr>            Bind expression to variable
        :a, :add <expr>         Add attributes from resulting set to scope
        :b <expr>               Build a derivation
        :bl <expr>              Build a derivation, leave links repl-result-* to its
                                outputs
        :e, :edit <expr>        Open file, function or package in $EDITOR
        :l, :load <path>        Load Nix expression and add it to scope
        :lf, :load-flake <ref>  Load flake and add it to scope
        :p, :print <expr>       Evaluate and print expression recursively, strings
                                without quotes
        :q, :quit               Leave
        :r, :reload             Read all loaded files again
        :sh <expr>              Build what a derivation is built from, then start
                                nix-shell
        :t <expr>               Say of what type the value is
        :u <expr>               Build a derivation, then start nix-shell with it
        :doc <expr>             Say where a function is defined, with the comment about
                                it, or what a builtin takes and gives
        :log <expr>             Show the log of a derivation's build
        :te, :trace-enable [bool]  Show whole traces of errors, or not
        :?, :help               Show this
      """;

  /** A derivation that needs the one that it is given. */
  private static final String SHELL_WITH =
      "drv: (import <nixpkgs> {}).runCommand \"shell\" { buildInputs = [ drv ]; } \"\"";

  private final Session session;
  private final CommandContext context;
  private final Evaluator ev;
  private final Attrs arguments;
  private final Names names;
  private final CallerPrograms programs;
  private final Documentation documentation;

  Directives(Session session, CommandContext context, Evaluator ev, Attrs arguments, Names names) {
    this.session = session;
    this.context = context;
    this.ev = ev;
    this.arguments = arguments;
    this.names = names;
    this.programs = new CallerPrograms(context, ev);
    this.documentation = new Documentation(ev, names);
  }

  void run(String command, String argument) throws IOException {
    switch (command) {
      case ":?", ":help" -> context.messages().print(HELP);
      case ":q", ":quit" -> session.end(false);
      case ":r", ":reload" -> session.end(true);
      case ":a", ":add" -> session.add(names.eval(argument));
      case ":l", ":load" -> session.load(new Loaded(argument, Loaded.Kind.FILE));
      case ":lf", ":load-flake" -> session.add(flake(argument));
      case ":t" -> println(names.eval(argument).described());
      case ":p", ":print" -> session.showAll(names.eval(argument));
      case ":b" -> build(argument, false);
      case ":bl" -> build(argument, true);
      case ":log" -> log(argument);
      case ":e", ":edit" -> {
        programs.edit(names.eval(argument), argument);
        session.end(true);
      }
      case ":sh" -> programs.shell(drvPath(derivation(argument)));
      case ":u" ->
          programs.shell(
              drvPath(derivationOf(ev.call(names.eval(SHELL_WITH), names.eval(argument)))));
      case ":i" ->
          throw new CommandException(
              "there are no profiles here; ':bl' builds a derivation and leaves links to its"
                  + " outputs, and 'bc shell' finds their programs");
      case ":doc" -> println(documentation.of(argument));
      case ":te", ":trace-enable" -> session.showTrace(argument, command);
      default -> throw new CommandException("unknown command '" + command + "'");
    }
  }

  private void println(String octets) {
    context.messages().println(octets);
  }

  private Value flake(String reference) {
    if (reference.isEmpty()) {
      throw new CommandException(
          "cannot use ':load-flake' without a path specified. (Use '.' for the current working"
              + " directory.)");
    }
    return Flakes.get(ev, FlakeArgument.reference(reference, context.caller().invocation().cwd()));
  }

  private Package derivation(String expression) {
    return derivationOf(names.eval(expression));
  }

  private Package derivationOf(Value v) {
    if (!ev.isDerivation(v)) {
      throw new CommandException(
          "expression does not evaluate to a derivation, so I can't build it");
    }
    return Evaluation.packages(ev, arguments, v, "", false).getFirst();
  }

  private static StorePath drvPath(Package p) {
    return p.drvPath()
        .orElseThrow(
            () ->
                new CommandException(
                    "expression did not evaluate to a valid derivation (no 'drvPath' attribute)"));
  }

  private void build(String expression, boolean link) {
    Package p = derivation(expression);
    StorePath drvPath = drvPath(p);
    Set<Wanted> wanted = new LinkedHashSet<>();
    p.outputs(false).keySet().forEach(o -> wanted.add(new Wanted(drvPath, o)));
    Map<String, StorePath> built = new TreeMap<>();
    ev.host().realise(wanted).forEach((w, path) -> built.put(w.output(), path));
    println("\nThis derivation produced the following outputs:");
    built.forEach(
        (output, path) -> {
          String name = output;
          if (link) {
            name = "./repl-result-" + output;
            BuildRequest.pin(context, name, path);
          }
          println("  " + name + " -> " + context.services().store().dir().print(path));
        });
  }

  private void log(String expression) throws IOException {
    StorePath drvPath = drvPath(derivation(expression));
    Optional<InputStream> log = context.services().logs().open(drvPath);
    if (log.isEmpty()) {
      throw new CommandException(
          "build log of '"
              + context.services().store().dir().print(drvPath)
              + "' is not available");
    }
    try (InputStream in = log.get()) {
      in.transferTo(context.caller().out());
    }
  }
}
