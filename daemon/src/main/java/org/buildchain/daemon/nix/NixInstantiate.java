package org.buildchain.daemon.nix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.nix.program.NixExpressionOptions;
import org.buildchain.language.data.JsonWriter;
import org.buildchain.language.data.XmlWriter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.print.PlainPrinter;
import org.buildchain.language.syntax.Pos;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nix-instantiate}. Source: Nix manual, "nix-instantiate"; {@code nix-instantiate.cc}. */
@Command(
    name = "nix-instantiate",
    description =
        "Writes the derivations of expressions to the store and prints their paths, or evaluates"
            + " expressions and prints their values.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-instantiate -A hello                      of ./default.nix",
      "  nix-instantiate --eval --strict --json -E '{ a = 1 + 1; }'",
      "  nix-instantiate --parse ./default.nix         print it as it was read",
      "  nix-instantiate --find-file nixpkgs           the file that <nixpkgs> is"
    })
final class NixInstantiate extends NixCommand {
  @Mixin private NixExpressionOptions expression;

  @Option(
      names = {"--eval", "--eval-only"},
      description = "Print the values rather than derivations.")
  private boolean eval;

  @Option(names = "--strict", description = "With --eval: evaluate all that the value holds.")
  private boolean strict;

  @Option(names = "--json", description = "With --eval: print JSON.")
  private boolean json;

  @Option(names = "--xml", description = "With --eval: print XML.")
  private boolean xml;

  @Option(names = "--no-location", description = "With --xml: leave out where things are defined.")
  private boolean noLocation;

  @Option(names = "--raw", description = "With --eval: print a string as it is.")
  private boolean raw;

  @Option(
      names = "--read-write-mode",
      description = "With --eval: write to the store what the evaluation adds to it.")
  private boolean readWrite;

  @Option(
      names = {"--parse", "--parse-only"},
      description = "Print the expression as it was read.")
  private boolean parse;

  @Option(names = "--find-file", description = "Look up the arguments in the search path.")
  private boolean findFile;

  @Option(names = "--repair", description = "Taken: what is written is checked anyway.")
  boolean repair;

  @Option(names = "--dry-run", description = "Write nothing to the store.")
  private boolean dryRun;

  @Option(
      names = "--add-root",
      paramLabel = "PATH",
      description = "Leave links PATH, PATH-2, ... to the derivations, which keep them.")
  private Optional<String> root = Optional.empty();

  @Option(names = "--indirect", description = "Taken: every root is indirect.")
  boolean indirect;

  private int roots;

  /** XML is written as the evaluation goes on, so that a failure leaves what came before it. */
  private Optional<String> unfinished = Optional.empty();

  @Override
  protected int run() throws Exception {
    boolean readOnly = dryRun || ((eval || parse) && !readWrite);
    Evaluations evaluations = new Evaluations(context, settings, expression.searchPath(), readOnly);
    Evaluation evaluation = evaluations.evaluation();
    if (findFile) {
      evaluation.find(expression.given()).forEach(context.messages()::println);
      return 0;
    }
    for (Evaluation.Query query :
        expression.queries(context, context.caller().invocation().cwd(), path -> path)) {
      if (parse) {
        context.messages().println(evaluation.parsed(query));
        continue;
      }
      // One after the other: what comes before a failure is printed.
      for (Evaluation.Query one : query.byAttribute()) {
        if (eval) {
          show(evaluation, one);
        } else {
          write(evaluation, one);
        }
      }
    }
    if (root.isEmpty()) {
      context.record().completes();
    }
    return 0;
  }

  private void show(Evaluation evaluation, Evaluation.Query query) throws Exception {
    // What is not forced is shown as such.
    boolean forced = strict || raw;
    try {
      answer(evaluation, query, forced).forEach(context.messages()::print);
    } catch (EvalException e) {
      unfinished.ifPresent(context.messages()::print);
      throw e;
    }
  }

  private List<String> answer(Evaluation evaluation, Evaluation.Query query, boolean forced)
      throws Exception {
    if (!forced) {
      return evaluation.runFresh(query, this::values);
    }
    return xml
        ? evaluation.answerWell(shown(), query, this::values)
        : evaluation.answer(shown(), query, this::values);
  }

  private void write(Evaluation evaluation, Evaluation.Query query) throws Exception {
    List<Found> before = new ArrayList<>();
    List<Found> all;
    try {
      all = evaluation.derivations(query, before);
    } catch (EvalException e) {
      before.forEach(this::derivation);
      throw e;
    }
    all.forEach(this::derivation);
  }

  /** What the printed text depends on besides the value. */
  private List<String> shown() {
    String printed = raw ? "raw" : xml ? "xml" : json ? "json" : "value";
    return List.of("nix-instantiate", printed, strict + " " + noLocation);
  }

  private List<String> values(Evaluator ev, Attrs arguments, List<Value> values) {
    List<String> shown = new ArrayList<>();
    unfinished = Optional.empty();
    for (Value v : values) {
      shown.add(shown(ev, arguments.size() == 0 ? ev.force(v) : ev.autoCall(v, arguments)));
    }
    return List.copyOf(shown);
  }

  private String shown(Evaluator ev, Value v) {
    if (raw) {
      String what = "while generating the nix-instantiate output";
      return ev.coercion().coerce(v, Pos.NONE, what, false, true, true).value();
    }
    if (xml) {
      XmlWriter writer = new XmlWriter(ev, strict, !noLocation);
      try {
        return writer.document(v);
      } catch (EvalException e) {
        unfinished = Optional.of(writer.unfinished());
        throw e;
      }
    }
    if (json) {
      JsonWriter writer = new JsonWriter(ev, true, strict);
      writer.write(v);
      return writer.text() + "\n";
    }
    if (strict) {
      ev.forceDeep(v);
    }
    return PlainPrinter.show(v) + "\n";
  }

  private void derivation(Found found) {
    String shown;
    if (root.isPresent()) {
      roots++;
      String name = roots == 1 ? root.get() : root.get() + "-" + roots;
      shown = BuildRequest.pin(context, name, found.drvPath());
    } else {
      warnOfNoRoot();
      shown = context.services().store().dir().print(found.drvPath());
    }
    String output = found.output().equals("out") ? "" : "!" + found.output();
    context.messages().println(shown + output);
  }
}
