package org.buildchain.daemon.repl;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalCancelledException;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.eval.ValuePrinter;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;

/**
 * One evaluator's worth of a REPL: it lasts until the end or {@code :r}. Source: {@code repl.cc}.
 */
final class Session {
  private static final String PROMPT = "nix-repl> ";
  private static final String CONTINUED = "          ";
  private static final String INCOMPLETE = "unexpected end of file";
  private static final Pattern BINDING =
      Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_'-]*)\\s*=(?!=)(.*)", Pattern.DOTALL);

  private final CommandContext context;
  private final InterruptibleCaller caller;
  private final Console console;
  private final Evaluator ev;
  private final Attrs arguments;
  private final List<Loaded> loaded;
  private final Names names;
  private boolean showTrace;
  private Optional<Boolean> ended = Optional.empty();

  /**
   * @param loaded what is in scope from the start; what is loaded later is added
   */
  Session(
      CommandContext context,
      InterruptibleCaller caller,
      Console console,
      Evaluator ev,
      Attrs arguments,
      List<Loaded> loaded,
      boolean showTrace) {
    this.context = context;
    this.caller = caller;
    this.console = console;
    this.ev = ev;
    this.arguments = arguments;
    this.loaded = loaded;
    this.showTrace = showTrace;
    this.names = new Names(ev, caller.invocation().cwd());
  }

  /** Works until the end; whether a new session shall go on, with what is loaded read again. */
  boolean run() throws IOException {
    for (Loaded l : List.copyOf(loaded)) {
      context.messages().note("Loading '" + l.text() + "'...");
      guarded(() -> load(l));
    }
    NameCompletion completion = new NameCompletion(ev, names);
    String input = "";
    while (ended.isEmpty()) {
      Optional<String> line = console.line(input.isEmpty() ? PROMPT : CONTINUED, completion);
      if (line.isEmpty()) {
        println("");
        return false;
      }
      input = input.isEmpty() ? line.get() : input + "\n" + line.get();
      String complete = input.strip();
      if (complete.isEmpty()) {
        input = "";
      } else if (guarded(() -> process(complete))) {
        input = "";
        if (ended.isEmpty()) {
          println("");
        }
      }
    }
    return ended.get();
  }

  /** Ends the session; {@code again} for a new one. */
  void end(boolean again) {
    ended = Optional.of(again);
  }

  private void println(String octets) {
    context.messages().println(octets);
  }

  /** Does something and says what went wrong; false if the input must go on. */
  private boolean guarded(Action action) throws IOException {
    try {
      action.run();
    } catch (EvalException e) {
      if (e.getMessage().contains(INCOMPLETE)) {
        return false;
      }
      context.messages().shownError(ErrorPrinter.show(e, showTrace));
    } catch (EvalCancelledException e) {
      stopped();
    } catch (StackOverflowError e) {
      context.messages().error("stack overflow; the expression is nested too deeply");
    } catch (CommandException | BuildException | StoreException | FormatException e) {
      if (caller.cancelled()) {
        stopped();
      } else {
        context.messages().error(e.getMessage());
      }
    }
    caller.resume();
    return true;
  }

  private void stopped() {
    if (!caller.resume()) {
      // Not Ctrl-C: the client is gone.
      throw new EvalCancelledException();
    }
    context.messages().error("interrupted by the user");
  }

  /** Something that may fail. */
  private interface Action {
    void run() throws IOException;
  }

  private void process(String line) throws IOException {
    if (line.startsWith(":")) {
      String[] parts = line.split("\\s+", 2);
      new Directives(this, context, ev, arguments, names)
          .run(parts[0], parts.length > 1 ? parts[1] : "");
      return;
    }
    Matcher binding = BINDING.matcher(line);
    if (binding.matches()) {
      names.bind(binding.group(1), binding.group(2));
    } else {
      show(names.eval(line), 1);
    }
  }

  /** Prints a value, sets and lists down to a depth. */
  void show(Value v, int depth) {
    println(new ValuePrinter(ev, ValuePrinter.Options.repl(depth)).print(v));
  }

  /** Prints a value with all that it holds, and a string as it is. */
  void showAll(Value v) {
    if (v instanceof Str s) {
      println(s.value());
    } else {
      show(v, Integer.MAX_VALUE);
    }
  }

  /** Binds the attributes of a file or expression, now and after {@code :r}. */
  void load(Loaded what) {
    loaded.remove(what);
    loaded.add(what);
    Value v =
        switch (what.kind()) {
          case EXPRESSION -> names.eval(what.text());
          case FLAKE -> flake(what.text());
          case FILE -> file(what.text());
        };
    if (!what.attribute().isEmpty()) {
      v = ev.select(v, what.attribute(), arguments);
    }
    add(ev.autoCall(v, arguments));
  }

  private Value file(String text) {
    return text.length() > 2 && text.startsWith("<") && text.endsWith(">")
        ? ev.evalFile(Evaluation.find(ev, text.substring(1, text.length() - 1)))
        : ev.evalFile(CanonicalPath.absolute(text, caller.invocation().cwd()));
  }

  private Value flake(String text) {
    Evaluation.Input.Flake f =
        FlakeArgument.of(text, caller.invocation().cwd(), FlakeOutput.ANY, LockOptions.READ);
    return Flakes.select(ev, f.reference(), f.locks(), f.attribute(), f.kind()).value();
  }

  /** Binds the attributes of a set. */
  void add(Value v) {
    String what = "while evaluating an attribute set to be merged in the global scope";
    int added = names.add(ev.attrs(v, Pos.NONE, what));
    context.messages().note("Added " + added + " variables.");
  }

  /**
   * Switches whether errors come with their whole traces.
   *
   * @param command that asks for it
   */
  void showTrace(String wanted, String command) {
    showTrace =
        switch (wanted) {
          case "" -> !showTrace;
          case "true" -> true;
          case "false" -> false;
          default ->
              throw new CommandException("unexpected argument '" + wanted + "' to " + command);
        };
    println(showTrace ? "showing error traces" : "not showing error traces");
  }
}
