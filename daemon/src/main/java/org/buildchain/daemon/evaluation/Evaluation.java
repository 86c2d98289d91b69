package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.buildchain.daemon.host.StoreEvalHost;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalGroup;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.flake.LockNeeded;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Source;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * One command's evaluation: an evaluator over a host. What was put off is written before a result
 * is handed out.
 */
public final class Evaluation {
  /** What is to be evaluated. */
  public sealed interface Input {
    /** A file, or a folder's {@code default.nix}: an absolute path. */
    record File(String path) implements Input {
      @Override
      public boolean equals(Object o) {
        return o instanceof File f && path.equals(f.path);
      }

      @Override
      public int hashCode() {
        return path.hashCode();
      }
    }

    /** A text, relative paths in it start at {@code folder}. */
    record Text(String text, String folder) implements Input {}

    /** What {@code <name>} leads to. */
    record Lookup(String name) implements Input {}

    /** The same of a file or lookup; errors say that they come out of it, as those of an import. */
    record Imported(Input named) implements Input {}

    /**
     * A set with an attribute for each of these files, by absolute paths: what importing it gives.
     */
    record Folder(SortedMap<String, String> files) implements Input {}

    /**
     * An attribute of a flake's outputs.
     *
     * @param reference absolute
     * @param attribute as it is written behind {@code #}
     * @param outputs those of the derivation that are meant
     * @param kind where the attribute is looked for
     * @param locks how the flake's inputs are locked
     */
    record Flake(
        String reference,
        String attribute,
        OutputsSpec outputs,
        FlakeOutput kind,
        LockOptions locks)
        implements Input {}

    /**
     * An attribute of another input's value, as Nix's newer commands take it: what stands there is
     * not called.
     *
     * @param path empty for the value itself
     * @param outputs those of the derivations there that are meant
     */
    record Attribute(Input of, String path, OutputsSpec outputs) implements Input {}

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
      Input input, List<String> attributes, List<Argument> arguments, String folder) {
    /** The same asked in parts: one for each attribute. */
    public List<Query> byAttribute() {
      return attributes.size() < 2
          ? List.of(this)
          : attributes.stream().map(a -> new Query(input, List.of(a), arguments, folder)).toList();
    }
  }

  /** Work on the selected values, which are forced but not called. */
  @FunctionalInterface
  public interface Work<T> {
    T apply(Evaluator ev, Attrs arguments, List<Value> values) throws IOException;
  }

  /** What one evaluator is to do; it may be asked to do it again from the beginning. */
  @FunctionalInterface
  public interface Task<T> {
    T run(Evaluator ev) throws IOException;
  }

  private final StoreEvalHost host;
  private final EvalSettings settings;
  private final KeptEvaluators kept;
  private final CommandRecord command;

  /**
   * @param kept evaluators of earlier commands, to go on with
   * @param command notes what it is that the command gets
   */
  public Evaluation(
      StoreEvalHost host, EvalSettings settings, KeptEvaluators kept, CommandRecord command) {
    this.host = host;
    this.settings = settings;
    this.kept = kept;
    this.command = command;
  }

  /**
   * Evaluates and works on the result, on the calling thread, which must be an {@code EvalThread}.
   * What an earlier evaluation found is used again where nothing that it read has changed. A
   * failure is found anew from nothing, since its words may tell what had been evaluated before it.
   * An evaluation that held too much memory keeps nothing.
   *
   * @param work must keep no value beyond its end, and not tell whether one was evaluated before
   * @throws EvalException if the evaluation fails, or the host says that it is cancelled
   */
  public <T> T run(Query query, Work<T> work) throws IOException {
    return run(task(query, work));
  }

  /**
   * As {@link #run(Query, Work)}, for an answer that is kept, a failure too: it is given again,
   * without any work, where nothing that the evaluation and the work have read has changed.
   *
   * @param form all that the work depends on besides the query
   * @param work gives a list that never changes, and reads the world by way of the evaluator alone;
   *     when it fails it leaves nothing but the failure
   */
  public List<String> answer(List<String> form, Query query, Work<List<String>> work)
      throws IOException {
    return whole(form, query, task(query, work), () -> true);
  }

  /** As {@link #answer}, for work that leaves something where it fails. */
  public List<String> answerWell(List<String> form, Query query, Work<List<String>> work)
      throws IOException {
    return whole(form, query, task(query, work), () -> false);
  }

  private List<String> whole(
      List<String> form, Query query, Task<List<String>> task, BooleanSupplier keepsFailure)
      throws IOException {
    List<String> question = Question.of(form, query, settings);
    if (query.input() instanceof Input.Flake) {
      // Its lock file may be written.
      command.takesMore();
    }
    KeptFailures failures = new KeptFailures(question, keepsFailure);
    try {
      Answered answered =
          locking(world -> run(ev -> answered(ev, question, task, failures), world, failures));
      return switch (answered) {
        case Answered.Well(List<String> lines) -> lines;
        case Answered.Failed(EvalException e) -> throw e.again();
      };
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Answered answered(
      Evaluator ev, List<String> question, Task<List<String>> task, KeptFailures failures) {
    Optional<Answered.Failed> failed = failures.known(ev, kept::later);
    if (failed.isPresent()) {
      return failed.get();
    }
    adopt(ev, question);
    AtomicBoolean computed = new AtomicBoolean();
    List<String> lines =
        ev.rememberWhole(
            question,
            () -> {
              computed.set(true);
              return unchecked(task, ev);
            });
    // By the time that these run the caller has the answer.
    ev.watching(question).ifPresent(kept::later);
    if (computed.get() && !kept.stored().isOff()) {
      kept.later(() -> store(ev, question, lines));
    }
    command.rests(new CommandRecord.Answer(ev, question, host));
    return new Answered.Well(lines);
  }

  /** For later processes, if they can take it over. */
  private void store(Evaluator ev, List<String> question, List<String> lines) {
    ev.factsOf(question)
        .ifPresent(
            facts -> {
              try {
                kept.stored().put(question, new StoredAnswers.Answer(lines, facts));
              } catch (IOException e) {
                // As where the disk is full: they compute it again.
              }
            });
  }

  /** Takes over what an earlier process has answered. */
  private void adopt(Evaluator ev, List<String> question) {
    if (ev.hasAnswer(question)) {
      return;
    }
    kept.stored()
        .find(question)
        .ifPresent(
            a -> {
              try {
                ev.adopt(question, a.lines(), a.facts());
              } catch (FormatException e) {
                // Written by a mistake of ours: computed again.
              }
            });
  }

  private static <T> T unchecked(Task<T> task, Evaluator ev) {
    try {
      return task.run(ev);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a task, and from its beginning after each lock file that it needs, or if it fails where
   * something was evaluated before it.
   */
  public <T> T run(Task<T> task) throws IOException {
    command.takesMore();
    return locking(world -> run(task, world, KeptFailures.NONE));
  }

  /** What is done in a world. */
  private interface Attempt<T> {
    T in(StoreEvalHost world) throws IOException;
  }

  private <T> T locking(Attempt<T> attempt) throws IOException {
    StoreEvalHost world = host;
    while (true) {
      try (KeptEvaluators.Running _ = kept.running()) {
        return attempt.in(world);
      } catch (LockNeeded e) {
        world.writeLock(e.change());
        world = world.saidBefore();
      }
    }
  }

  private <T> T run(Task<T> task, StoreEvalHost world, KeptFailures failures) throws IOException {
    KeptEvaluators.Kept evaluator = kept.take(settings, () -> Builtins.evaluator(world, settings));
    try {
      T result = run(evaluator.evaluator(), world, task);
      kept.give(evaluator);
      return result;
    } catch (LockNeeded e) {
      kept.give(evaluator);
      throw e;
    } catch (EvalException e) {
      if (EvalGroup.current().isEnding()) {
        // It has to let go of its memory.
        throw e;
      }
      boolean fresh = evaluator.uses() == 0 && !evaluator.evaluator().hasComputedAhead();
      if (fresh) {
        failures.keep(e, evaluator.evaluator(), world, evaluator.evaluator());
      }
      kept.give(evaluator);
      if (fresh) {
        throw e;
      }
      return runAgain(task, world.saidBefore(), failures, evaluator.evaluator());
    }
  }

  private <T> T runAgain(Task<T> task, StoreEvalHost world, KeptFailures failures, Evaluator keeper)
      throws IOException {
    Evaluator ev = inOrder(world);
    try {
      return run(ev, world, task);
    } catch (EvalException e) {
      if (!EvalGroup.current().isEnding()) {
        failures.keep(e, ev, world, keeper);
      }
      throw e;
    }
  }

  /**
   * As {@link #run}, from nothing: for work that tells what has been evaluated and what has not.
   */
  public <T> T runFresh(Query query, Work<T> work) throws IOException {
    return runFresh(task(query, work));
  }

  /** Likewise. */
  public <T> T runFresh(Task<T> task) throws IOException {
    command.takesMore();
    return locking(world -> run(inOrder(world), world, task));
  }

  /** A new evaluator, of which it can be told what it has evaluated. */
  private Evaluator inOrder(StoreEvalHost world) {
    return Builtins.evaluator(world, settings.inOrder());
  }

  private static <T> T run(Evaluator ev, StoreEvalHost host, Task<T> task) throws IOException {
    try {
      ev.begin(host);
      T value = task.run(ev);
      host.flush();
      return value;
    } catch (StackOverflowError e) {
      throw EvalException.other("stack overflow; the expression is nested too deeply");
    }
  }

  private Evaluator evaluator() {
    command.takesMore();
    Evaluator ev = inOrder(host);
    ev.begin(host);
    return ev;
  }

  /** The input's expression as Nix prints it, with every variable bound. Nothing is evaluated. */
  public String parsed(Query query) {
    Evaluator ev = evaluator();
    Expr e = tree(ev, query.input());
    ev.check(e);
    return ExprPrinter.show(e);
  }

  private static Expr tree(Evaluator ev, Input input) {
    return switch (input) {
      case Input.File f -> ev.parseFile(ev.importTarget(f.path()));
      case Input.Lookup l -> ev.parseFile(ev.importTarget(find(ev, l.name())));
      case Input.Imported i -> tree(ev, i.named());
      case Input.Flake f ->
          throw EvalException.other("flake '" + f.reference() + "' is no expression");
      case Input.Folder f -> throw EvalException.other("a folder of expressions is none");
      case Input.Attribute a -> tree(ev, a.of());
      case Input.Text t -> ev.parse(Source.text(Literals.marked("string"), t.text()), t.folder());
      case Input.StandardInput s ->
          ev.parse(Source.text(Literals.marked("stdin"), s.text()), s.folder());
    };
  }

  /** The settings that a flake wants; none if there is no such flake, which is told later. */
  public SortedMap<String, String> flakeConfig(String reference) throws IOException {
    try {
      return run(ev -> Flakes.config(ev, reference));
    } catch (EvalException e) {
      return new TreeMap<>();
    }
  }

  /** The files that names mean in the search path. */
  public List<String> find(List<String> names) {
    Evaluator ev = evaluator();
    return names.stream().map(n -> find(ev, n)).toList();
  }

  /** The derivations that the query's values hold; their files are written. */
  public List<Found> derivations(Query query) throws IOException {
    return derivations(query, new ArrayList<>());
  }

  /**
   * Likewise.
   *
   * @param before gets, if it fails, what was found before that
   */
  public List<Found> derivations(Query query, List<Found> before) throws IOException {
    // The selection is part of the answer: what it reads decides which values are looked at.
    return Found.of(
        whole(
            List.of("derivations"),
            query,
            ev -> Found.words(found(ev, query, before)),
            before::isEmpty));
  }

  private static List<Found> found(Evaluator ev, Query query, List<Found> all) {
    Selected selected = select(ev, query);
    all.clear();
    if (query.input() instanceof Input.Attribute a) {
      return Installable.found(ev, selected.arguments(), selected.values().getFirst(), a.outputs());
    }
    for (int i = 0; i < selected.values().size(); i++) {
      String path = query.attributes().isEmpty() ? "" : query.attributes().get(i);
      if (query.input() instanceof Input.Flake f && path.isEmpty()) {
        Flakes.checkDerivation(
            ev, f.reference(), f.locks(), f.attribute(), f.kind(), selected.values().get(i));
      }
      List<Package> packages =
          packages(ev, selected.arguments(), selected.values().get(i), path, false);
      try (Ahead.Scope _ = Package.ahead(ev, packages)) {
        for (Package p : packages) {
          StorePath drv = p.requiredDrvPath();
          for (String output : outputs(ev, query.input(), p, drv)) {
            all.add(new Found(p.attribute(), drv, output));
          }
        }
      }
    }
    return List.copyOf(all);
  }

  private static List<String> outputs(Evaluator ev, Input input, Package p, StorePath drv) {
    if (!(input instanceof Input.Flake f)) {
      return List.of(p.outputName());
    }
    if (!f.outputs().isExplicit()) {
      return p.installed();
    }
    try {
      return f.outputs().of(new TreeSet<>(ev.host().readDerivation(drv).outputs().keySet()));
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  /** Names an answer that an evaluator remembers. */
  private record Remembered(String what, Object of) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Remembered r && what.equals(r.what) && of.equals(r.of);
    }

    @Override
    public int hashCode() {
      return 31 * what.hashCode() + of.hashCode();
    }
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

  private record Selected(Attrs arguments, List<Value> values) {}

  private static Selected select(Evaluator ev, Query query) {
    Attrs arguments =
        ev.remember(
            new Remembered("arguments", List.of(query.arguments(), query.folder())),
            () -> arguments(ev, query));
    if (query.input() instanceof Input.Attribute a) {
      Value of = ev.remember(new Remembered("root", a.of()), () -> root(ev, a.of()));
      return new Selected(arguments, List.of(ev.select(of, a.path(), arguments)));
    }
    Value root = ev.remember(new Remembered("root", query.input()), () -> root(ev, query.input()));
    List<Value> values = new ArrayList<>();
    if (query.attributes().isEmpty()) {
      values.add(root);
    }
    for (String path : query.attributes()) {
      values.add(ev.select(root, path, arguments));
    }
    return new Selected(arguments, values);
  }

  private static <T> Task<T> task(Query query, Work<T> work) {
    return ev -> {
      Selected selected = select(ev, query);
      return work.apply(ev, selected.arguments(), selected.values());
    };
  }

  private static Value root(Evaluator ev, Input input) {
    return switch (input) {
      case Input.File f -> ev.evalNamedFile(f.path());
      case Input.Lookup l -> ev.evalNamedFile(find(ev, l.name()));
      case Input.Imported(Input.File f) -> ev.evalFile(f.path());
      case Input.Imported(Input.Lookup l) -> ev.evalFile(find(ev, l.name()));
      case Input.Imported i -> root(ev, i.named());
      case Input.Folder f -> folder(ev, f.files());
      case Input.Attribute a -> root(ev, a.of());
      case Input.Flake f ->
          Flakes.select(ev, f.reference(), f.locks(), f.attribute(), f.kind()).value();
      case Input.Text t -> ev.evalText(Literals.marked("string"), t.text(), t.folder());
      case Input.StandardInput s ->
          ev.eval(ev.parse(Source.text(Literals.marked("stdin"), s.text()), s.folder()));
    };
  }

  private static Value folder(Evaluator ev, SortedMap<String, String> files) {
    Value reader = ev.builtins().get(ev.symbols().of("import"));
    Attrs.Builder set = new Attrs.Builder(files.size() + 1);
    // So nix-env tells such a set from others when it looks for a package's attribute.
    set.put(ev.symbols().of("_combineChannels"), Value.List.EMPTY);
    files.forEach(
        (name, file) -> set.put(ev.symbols().of(name), ev.delayCall(reader, new Value.Path(file))));
    return set.build();
  }

  /**
   * The file that {@code <name>} means.
   *
   * @throws EvalException if the search path has none
   */
  public static String find(Evaluator ev, String name) {
    Value builtins = ev.builtins();
    try {
      Value found =
          ev.call(
              ev.select(builtins, "findFile", new Attrs.Builder(0).build()),
              ev.select(builtins, "nixPath", new Attrs.Builder(0).build()),
              new Str(name));
      return found instanceof Value.Path p ? p.path() : name;
    } catch (EvalException e) {
      // Nobody has written the call.
      throw e.untrace("while calling the 'findFile' builtin");
    }
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
