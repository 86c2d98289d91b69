package org.buildchain.daemon.repl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.server.NextProgram;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/** Programs that run in the caller's terminal, while the REPL waits: editors and shells. */
final class CallerPrograms {
  /** Those of them that take the line to begin at. */
  private static final List<String> TAKE_LINES = List.of("emacs", "nano", "vim", "kak");

  private final CommandContext context;
  private final Evaluator ev;

  CallerPrograms(CommandContext context, Evaluator ev) {
    this.context = context;
    this.ev = ev;
  }

  /**
   * A file that is opened.
   *
   * @param line to begin at; 0 for none
   */
  private record Place(String path, long line) {}

  /**
   * Opens what a value is in the caller's editor: a file, a function, or a package.
   *
   * @param expression that gave the value
   */
  void edit(Value v, String expression) throws IOException {
    Place place =
        switch (v) {
          case Value.Path p -> file(v);
          case Str s -> file(v);
          case Value.Lambda l when l.pos().source().isFile() ->
              new Place(l.pos().source().name(), l.pos().line());
          case Value.Lambda l ->
              throw new CommandException("'" + l.pos() + "' cannot be shown in an editor");
          default -> ofPackage(v, expression);
        };
    Map<String, String> env = context.caller().invocation().env();
    String editor = env.getOrDefault("EDITOR", "cat");
    List<String> command =
        new ArrayList<>(Stream.of(editor.split("[ \t\n\r]+")).filter(w -> !w.isEmpty()).toList());
    if (place.line() > 0 && TAKE_LINES.stream().anyMatch(editor::contains)) {
      command.add("+" + place.line());
    }
    command.add(place.path());
    String view = Octets.fromText(context.services().view().toString());
    NextProgram.Shown shown = new NextProgram.Shown(view, context.services().store().dir().path());
    int status =
        context
            .caller()
            .run(new NextProgram(command.getFirst(), command, Map.copyOf(env), Optional.of(shown)));
    if (status != 0) {
      throw new CommandException(
          "program '" + command.getFirst() + "' failed with exit code " + status);
    }
  }

  private Place file(Value v) {
    return new Place(
        ev.coercion().path(v, Pos.NONE, "while evaluating the filename to edit").path(), 0);
  }

  private Place ofPackage(Value v, String expression) {
    Value position;
    try {
      position = ev.select(v, "meta.position", new Attrs.Builder(0).build());
    } catch (EvalException e) {
      throw new CommandException("package '" + expression + "' has no source location information");
    }
    String place =
        ev.coercion()
            .path(
                position,
                Pos.NONE,
                "while evaluating the 'meta.position' attribute of a derivation")
            .path();
    int colon = place.lastIndexOf(':');
    if (colon < 0 || !place.substring(colon + 1).matches("[0-9]{1,9}")) {
      throw new CommandException("cannot parse 'meta.position' attribute '" + place + "'");
    }
    return new Place(place.substring(0, colon), Long.parseLong(place.substring(colon + 1)));
  }

  /** Starts a shell in which a derivation could be built by hand. */
  void shell(StorePath drvPath) throws IOException {
    String path = context.services().store().dir().print(drvPath);
    // What waits to be written is written before it is looked at.
    if (ev.host().typeOf(path).isEmpty()) {
      throw new CommandException("expression evaluated to invalid derivation '" + path + "'");
    }
    context
        .caller()
        .run(
            new NextProgram(
                "",
                List.of("nix-shell", path),
                Map.copyOf(context.caller().invocation().env()),
                Optional.empty()));
  }
}
