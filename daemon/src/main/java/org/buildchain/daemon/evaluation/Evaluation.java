package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.host.StoreEvalHost;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.EvalSettings;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Source;

/**
 * One command's evaluation: an evaluator over a host. What was put off is written before a result
 * is handed out.
 */
public final class Evaluation {
  /** What is to be evaluated. */
  public sealed interface Input {
    /** A file, or a folder's {@code default.nix}: an absolute path. */
    record File(String path) implements Input {}

    /** A text, relative paths in it start at {@code folder}. */
    record Text(String text, String folder) implements Input {}

    /** What {@code <name>} leads to. */
    record Lookup(String name) implements Input {}

    /** What standard input held. */
    record StandardInput(String text, String folder) implements Input {}
  }

  /**
   * An argument for functions at the top: {@code --arg} or, as a string, {@code --argstr}.
   *
   * @param text an expression or the string itself
   */
  public record Argument(String name, String text, boolean string) {}

  /**
   * What a command asks for.
   *
   * @param attributes paths selected from the input's value; none means the value itself
   * @param folder the caller's, which the arguments' relative paths start from
   */
  public record Query(
      Input input, List<String> attributes, List<Argument> arguments, String folder) {}

  /** Work on the selected values, which are forced but not called. */
  @FunctionalInterface
  public interface Work<T> {
    T apply(Evaluator ev, Attrs arguments, List<Value> values) throws IOException;
  }

  private final StoreEvalHost host;
  private final EvalSettings settings;

  public Evaluation(StoreEvalHost host, EvalSettings settings) {
    this.host = host;
    this.settings = settings;
  }

  /**
   * Evaluates and works on the result, on the calling thread, which must be an {@code EvalThread}.
   *
   * @throws EvalException if the evaluation fails, or the host says that it is cancelled
   */
  public <T> T run(Query query, Work<T> work) throws IOException {
    try {
      T value = evaluate(query, work);
      host.flush();
      return value;
    } catch (StackOverflowError e) {
      throw EvalException.other("stack overflow; the expression is nested too deeply");
    } catch (OutOfMemoryError e) {
      throw EvalException.other("the evaluation needs more memory than the daemon has");
    }
  }

  /** The input's expression as Nix prints it, with every variable bound. Nothing is evaluated. */
  public String parsed(Query query) {
    Evaluator ev = Builtins.evaluator(host, settings);
    Expr e =
        switch (query.input()) {
          case Input.File f -> ev.parseFile(ev.importTarget(f.path()));
          case Input.Lookup l -> ev.parseFile(ev.importTarget(find(ev, l.name())));
          case Input.Text t ->
              ev.parse(Source.text(Literals.marked("string"), t.text()), t.folder());
          case Input.StandardInput s ->
              ev.parse(Source.text(Literals.marked("stdin"), s.text()), s.folder());
        };
    ev.check(e);
    return ExprPrinter.show(e);
  }

  /** The files that names mean in the search path. */
  public List<String> find(List<String> names) {
    Evaluator ev = Builtins.evaluator(host, settings);
    return names.stream().map(n -> find(ev, n)).toList();
  }

  /** The derivations that the query's values hold; their files are written. */
  public List<Found> derivations(Query query) throws IOException {
    return run(
        query,
        (ev, arguments, values) -> {
          List<Found> all = new ArrayList<>();
          for (int i = 0; i < values.size(); i++) {
            String path = query.attributes().isEmpty() ? "" : query.attributes().get(i);
            for (Package p : packages(ev, arguments, values.get(i), path, false)) {
              all.add(new Found(p.attribute(), p.requiredDrvPath(), p.outputName()));
            }
          }
          return all;
        });
  }

  /**
   * The derivations in a value.
   *
   * @param path by which the value was reached
   * @param skipAssertions whether what fails by an assertion or {@code throw} is passed over
   */
  public static List<Package> packages(
      Evaluator ev, Attrs arguments, Value value, String path, boolean skipAssertions) {
    return new DerivationFinder(ev, arguments, skipAssertions).in(value, path);
  }

  private <T> T evaluate(Query query, Work<T> work) throws IOException {
    Evaluator ev = Builtins.evaluator(host, settings);
    Attrs arguments = arguments(ev, query);
    Value root =
        switch (query.input()) {
          case Input.File f -> ev.evalFile(f.path());
          case Input.Lookup l -> ev.evalFile(find(ev, l.name()));
          case Input.Text t -> ev.evalText(Literals.marked("string"), t.text(), t.folder());
          case Input.StandardInput s ->
              ev.eval(ev.parse(Source.text(Literals.marked("stdin"), s.text()), s.folder()));
        };
    List<Value> values = new ArrayList<>();
    if (query.attributes().isEmpty()) {
      values.add(root);
    }
    for (String path : query.attributes()) {
      values.add(ev.select(root, path, arguments));
    }
    return work.apply(ev, arguments, values);
  }

  /**
   * The file that {@code <name>} means.
   *
   * @throws EvalException if the search path has none
   */
  public static String find(Evaluator ev, String name) {
    Value builtins = ev.builtins();
    Value found =
        ev.call(
            ev.select(builtins, "findFile", new Attrs.Builder(0).build()),
            ev.select(builtins, "nixPath", new Attrs.Builder(0).build()),
            new Str(name));
    return found instanceof Value.Path p ? p.path() : name;
  }

  private static Attrs arguments(Evaluator ev, Query query) {
    Attrs.Builder b = new Attrs.Builder(query.arguments().size());
    // Of two with one name the builder keeps the first, and the caller means the last.
    for (Argument a : query.arguments().reversed()) {
      b.put(
          ev.symbols().of(a.name()),
          a.string()
              ? new Str(a.text())
              : ev.evalText(Literals.marked("string"), a.text(), query.folder()));
    }
    return b.build();
  }
}
