package org.buildchain.daemon.command.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Opens where a package is defined. Source: Nix 2.26 manual, {@code nix edit}. */
@Command(
    name = "edit",
    description = {
      "Opens the file in which a package is defined ('meta.position') in $EDITOR.",
      "",
      "Editors whose names have 'emacs', 'nano', 'vim' or 'kak' in them are told the line, '+12'."
          + " Without $EDITOR the file is printed."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  bc edit nixpkgs#hello", "  EDITOR='code --wait' bc edit -f . app"})
public final class EditCommand extends BcCommand {
  private static final List<String> TAKE_LINES = List.of("emacs", "nano", "vim", "kak");

  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  /**
   * A place in a file.
   *
   * @param line 0 if none is known
   */
  private record Place(String file, int line) {
    static Place of(String position) {
      int colon = position.lastIndexOf(':');
      try {
        int line = Integer.parseInt(position.substring(colon + 1));
        return new Place(position.substring(0, Math.max(0, colon)), line);
      } catch (NumberFormatException e) {
        throw new CommandException("cannot parse 'meta.position' attribute '" + position + "'");
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    List<Evaluation.Query> queries = expression.queries(context);
    if (queries.size() != 1) {
      throw new CommandException("expected one package, found several");
    }
    String what = expression.given().isEmpty() ? "." : expression.given().getFirst();
    Evaluation.Query query = queries.getFirst();
    Place place =
        Place.of(
            evaluations
                .evaluation(query)
                .run(query, (ev, arguments, values) -> position(ev, values.getFirst(), what)));
    Map<String, String> env = context.caller().invocation().env();
    String editor = env.getOrDefault("EDITOR", "cat");
    List<String> command =
        new ArrayList<>(Stream.of(editor.split("[ \t\n\r]+")).filter(w -> !w.isEmpty()).toList());
    if (command.isEmpty()) {
      throw new CommandException("$EDITOR names no program");
    }
    if (place.line() > 0 && TAKE_LINES.stream().anyMatch(editor::contains)) {
      command.add("+" + place.line());
    }
    command.add(place.file());
    context.become(command.getFirst(), command, Map.copyOf(env));
    return 0;
  }

  private static String position(Evaluator ev, Value value, String what) {
    Value at;
    try {
      at = member(ev, member(ev, value, "meta"), "position");
    } catch (EvalException e) {
      throw new CommandException("cannot find position information for '" + what + "'");
    }
    String during = "while evaluating the 'meta.position' attribute of a derivation";
    return ev.coercion().coerce(at, Pos.NONE, during, false, false, true).value();
  }

  private static Value member(Evaluator ev, Value value, String name) {
    Attrs attrs = ev.attrs(value, Pos.NONE, "");
    Value found = attrs.get(ev.symbols().of(name));
    if (found == null) {
      throw EvalException.other("attribute '" + name + "' missing");
    }
    return found;
  }
}
