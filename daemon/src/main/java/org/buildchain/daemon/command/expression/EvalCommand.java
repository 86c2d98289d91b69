package org.buildchain.daemon.command.expression;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.language.data.JsonWriter;
import org.buildchain.language.data.XmlWriter;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.eval.ValuePrinter;
import org.buildchain.language.print.PlainPrinter;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates an expression and prints its value. */
@Command(
    name = "eval",
    description = "Evaluates an expression and prints its value.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc eval --expr '1 + 2'                        print 3",
      "  bc eval ./default.nix -A version --raw        a string without quotes",
      "  bc eval --json --expr '{ a = [ 1 2 ]; }'      for programs",
      "  bc eval -f ./default.nix version              the same attribute",
      "  bc eval .#lib.version                         of the flake here",
      "  bc eval ./. --apply builtins.attrNames        a function of the value"
    })
public final class EvalCommand extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  /** How the value is printed. */
  static final class Form {
    @Option(names = "--json", description = "Print the value as JSON.")
    boolean json;

    @Option(names = "--xml", description = "Print the value as XML.")
    boolean xml;

    @Option(names = "--raw", description = "Print a string as it is, without quotes or newline.")
    boolean raw;

    @Option(
        names = "--lazy",
        description = "Leave what is not needed unevaluated; print it as <CODE>.")
    boolean lazy;
  }

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Form form = new Form();

  @Option(names = "--strict", description = "Evaluate the whole value (the default).")
  boolean strict;

  @Option(
      names = "--apply",
      paramLabel = "EXPR",
      description = "Apply this function to the value first.")
  private Optional<String> apply = Optional.empty();

  @Option(
      names = "--write-to",
      paramLabel = "PATH",
      description = "Write the string to this file; a set of strings to files in this folder.")
  private Optional<String> writeTo = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    if (writeTo.isPresent()) {
      WrittenValue written = new WrittenValue(context, writeTo.get());
      for (Evaluation.Query query : expression.queries(context)) {
        written.write(
            evaluations
                .evaluation(query)
                .run(
                    query,
                    (ev, arguments, values) ->
                        WrittenValue.entries(
                            ev, applied(ev, query, arguments, values.getFirst()))));
      }
      return 0;
    }
    List<String> lines = new ArrayList<>();
    for (Evaluation.Query query : expression.queries(context)) {
      Evaluation evaluation = evaluations.evaluation(query);
      Evaluation.Work<List<String>> work =
          (ev, arguments, values) -> shown(ev, query, arguments, values);
      // What is not forced is shown as such.
      lines.addAll(
          form.lazy ? evaluation.runFresh(query, work) : evaluation.answer(shown(), query, work));
    }
    context.record().completes();
    lines.forEach(context.messages()::print);
    return 0;
  }

  /** What the printed text depends on besides the value. */
  private List<String> shown() {
    String printed = form.json ? "json" : form.xml ? "xml" : form.raw ? "raw" : "value";
    return apply.isPresent() ? List.of(printed, apply.get()) : List.of(printed);
  }

  private List<String> shown(
      Evaluator ev, Evaluation.Query query, Attrs arguments, List<Value> values)
      throws IOException {
    List<String> out = new ArrayList<>();
    for (Value given : values) {
      out.add(text(ev, applied(ev, query, arguments, given)));
    }
    return List.copyOf(out);
  }

  private Value applied(Evaluator ev, Evaluation.Query query, Attrs arguments, Value given) {
    // Unlike 'nix eval', like 'nix-instantiate --eval': whoever gives arguments wants them used.
    boolean called = arguments.size() > 0 && !expression.areAttributes();
    Value v = called ? ev.autoCall(given, arguments) : given;
    return apply.isEmpty()
        ? v
        : ev.call(ev.evalText(Literals.marked("string"), apply.get(), query.folder()), v);
  }

  private String text(Evaluator ev, Value v) {
    if (form.json) {
      JsonWriter w = new JsonWriter(ev, true);
      w.write(v);
      return w.text() + "\n";
    }
    if (form.xml) {
      return new XmlWriter(ev, !form.lazy, true).document(v);
    }
    if (form.raw) {
      Str s =
          ev.coercion()
              .coerce(v, Pos.NONE, "while generating the eval command output", false, true, true);
      return s.value();
    }
    if (form.lazy) {
      return PlainPrinter.show(ev.force(v)) + "\n";
    }
    return new ValuePrinter(ev, ValuePrinter.Options.EVAL).print(v) + "\n";
  }
}
