package org.buildchain.language.eval;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.host.AccessHost;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.host.FileLinks;
import org.buildchain.language.host.HostReads;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ParseException;
import org.buildchain.language.syntax.Parser;
import org.buildchain.language.syntax.Pos;
import org.buildchain.language.syntax.Source;

/**
 * Evaluates expressions for one caller. Thread-safe; every method that evaluates must run on an
 * {@link EvalThread}. Files that were read are kept for the evaluator's life.
 */
public final class Evaluator {
  /** The longest string that is made, in bytes. */
  public static final int MAX_STRING = 1 << 30;

  private static final int MAX_ANSWERS = 1 << 13;
  private static final int MAX_FILES = 1 << 17;

  private final RecordingHost recorder;
  private final EvalHost host;
  private final EvalSettings settings;
  private final Symbols symbols = new Symbols();
  private final Names names = new Names(symbols);
  private final Ops ops;
  private final Coercion coercion = new Coercion(this);
  private final Equality equality = new Equality(this);
  private final Resolver resolver;
  private final Attrs builtins;
  final Answers answers = new Answers(MAX_ANSWERS);
  private final Answers trees = new Answers(MAX_FILES);
  private final ClosedCalls closedCalls = new ClosedCalls(answers);
  private final Ahead ahead;
  private final Map<String, Thunk> files = new ConcurrentHashMap<>();
  private volatile int begun;

  /**
   * An evaluator with the given builtins.
   *
   * @param functions become {@code builtins.name}, and in scope everywhere {@code name} or {@code
   *     __name}
   * @param constants likewise, for values; names as they stand in {@code builtins}
   */
  public Evaluator(
      EvalHost host,
      EvalSettings settings,
      Collection<BuiltinDef> functions,
      java.util.function.Function<Evaluator, Collection<BuiltinConstant>> constants) {
    this.recorder = new RecordingHost(host);
    this.host =
        settings.access().pure() || settings.access().restricted()
            ? new AccessHost(recorder, settings.access())
            : recorder;
    this.settings = settings;
    this.ahead = new Ahead(settings.helpers());
    this.ops = new Ops(this, settings);
    Attrs.Builder set = new Attrs.Builder(128);
    Map<String, Value> globals = new HashMap<>();
    symbols.of("builtins");
    Collection<BuiltinConstant> values = constants.apply(this);
    values.forEach(c -> symbols.of(c.name()));
    for (BuiltinDef f : functions) {
      Value v = new Value.Builtin(f);
      set.put(symbols.of(f.name()), v);
      globals.put(f.global() ? f.name() : "__" + f.name(), v);
    }
    this.resolver = new Resolver(this, ops, globals);
    for (BuiltinConstant c : values) {
      set.put(symbols.of(c.name()), c.value());
      globals.put(c.global() ? c.name() : "__" + c.name(), c.value());
    }
    Thunk self = Thunk.of(this::builtins);
    set.put(symbols.of("builtins"), self);
    this.builtins = set.build();
    globals.put("builtins", builtins);
  }

  /**
   * Begins another evaluation, on the calling thread and those that it makes. What earlier ones
   * computed is used again as far as what it was computed from is still so in the new host. The
   * evaluations of one evaluator come one after the other.
   */
  public void begin(EvalHost newHost) {
    begun++;
    ahead.clearUsed();
    closedCalls.begin();
    EvalThread.current().join(recorder.next(newHost));
  }

  /**
   * An answer that is kept: computed now, unless it was before and what it was computed from is
   * still so. It must not depend on anything but the key and what is evaluated.
   *
   * @param key names it, with {@code equals}
   */
  public <T> T remember(Object key, Supplier<T> computation) {
    return answers.get(key, computation);
  }

  /** As {@link #remember}, for what answers a whole command. */
  public <T> T rememberWhole(Object key, Supplier<T> computation) {
    return answers.whole(key, recorder, computation);
  }

  /** An answer that was {@linkplain #adopt adopted}; empty if it does not hold any more. */
  public <T> Optional<T> adopted(Object key) {
    return answers.known(key, recorder);
  }

  /** Whether there is an answer by that key, perhaps one that does not hold any more. */
  public boolean hasAnswer(Object key) {
    return answers.has(key);
  }

  /**
   * Makes the next looks at what an answer of {@link #rememberWhole} was computed from quick: to be
   * run when nobody waits, by any thread, while other evaluations go on or not. Empty if there is
   * nothing to be done.
   */
  public Optional<Runnable> watching(Object key) {
    return answers.watching(key, recorder.session().host());
  }

  /**
   * What an answer of {@link #rememberWhole} was computed from, in words that {@link #adopt} of
   * another process takes; empty if it was computed from what is never the same there, such as the
   * time, or from nothing but the key.
   */
  public Optional<List<List<String>>> factsOf(Object key) {
    return answers.facts(key).filter(f -> !f.isEmpty());
  }

  /**
   * As {@link #factsOf}, of the failure with which {@link #rememberWhole} has just ended. Empty as
   * well where the world has refused something meanwhile: it may not do so again.
   */
  public Optional<List<List<String>>> factsOfFailure() {
    return recorder.hasRefused()
        ? Optional.empty()
        : answers.factsOfFailure().filter(f -> !f.isEmpty());
  }

  /**
   * Takes in an answer that an evaluator of the same build and the same settings has computed. It
   * is given while the world answers as it did then.
   *
   * @throws FormatException if the words tell no facts
   */
  public void adopt(Object key, Object value, List<List<String>> facts) {
    answers.adopt(key, value, facts);
  }

  /** How many answers it keeps. */
  public int answerCount() {
    return answers.count();
  }

  /** Lets go of the answer that was asked for longest ago; false if there is none. */
  public boolean forgetOne() {
    return answers.forgetOne();
  }

  /** The world that this evaluation sees. */
  public EvalHost host() {
    return host;
  }

  /** How this evaluation goes. */
  public EvalSettings settings() {
    return settings;
  }

  /** The symbols of this evaluation. */
  public Symbols symbols() {
    return symbols;
  }

  /** Conversions to strings and paths. */
  public Coercion coercion() {
    return coercion;
  }

  /** The set {@code builtins}. */
  public Attrs builtins() {
    return builtins;
  }

  ClosedCalls closedCalls() {
    return closedCalls;
  }

  Names names() {
    return names;
  }

  /** The tree of a text whose relative paths start at {@code basePath}. */
  public Expr parse(Source source, String basePath) {
    try {
      return Parser.parse(
          source,
          new Parser.Options(
              basePath,
              this::home,
              settings.has("pipe-operators"),
              settings.lints(),
              this::warn,
              symbols::of));
    } catch (ParseException e) {
      throw new EvalException(EvalException.Kind.SYNTAX, e.pos(), e.getMessage());
    }
  }

  /** Tells the user of a warning; lines below the first are indented as Nix does. */
  public void warn(Pos at, String message) {
    host.message(EvalHost.Level.WARNING, ErrorPrinter.warning(at, message));
  }

  private String home(String literal) {
    if (settings.pure()) {
      throw EvalException.other("the path '" + literal + "' can not be resolved in pure mode");
    }
    return host.environment("HOME").orElse("/root");
  }

  /**
   * Looks whether every variable of a tree is bound.
   *
   * @throws EvalException at the first that is not
   */
  public void check(Expr e) {
    resolver.resolve(e, Scope.global());
  }

  /** The value of a tree in the global scope. */
  public Value eval(Expr e) {
    return run(resolver.resolve(e, Scope.global()));
  }

  private static Value run(Node tree) {
    try {
      return tree.eval(null);
    } catch (StackOverflowError x) {
      throw EvalException.stackOverflow(Pos.NONE);
    }
  }

  /** The value of a tree in a scope in which the attributes of {@code extra} shadow the globals. */
  public Value evalScoped(Expr e, Attrs extra) {
    Value[] slots = new Value[extra.size()];
    Symbol[] vars = new Symbol[slots.length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = extra.value(i);
      vars[i] = extra.name(i);
    }
    return resolver.resolve(e, Scope.global().let(vars)).eval(new Env(null, slots));
  }

  /** The value of an expression in a text. */
  public Value evalText(String name, String text, String basePath) {
    return eval(parse(Source.text(name, text), basePath));
  }

  /** The file that a path to import means: itself, or {@code default.nix} in a folder. */
  public String importTarget(String path) {
    return new FileLinks(host).importTarget(path);
  }

  /** The value of the expression in a file, evaluated at most once. */
  public Value evalFile(String path) {
    String target = importTarget(path);
    Thunk t =
        files.computeIfAbsent(
            target,
            p ->
                Thunk.of(
                    () -> {
                      Node tree =
                          trees.get(p, () -> resolver.resolve(parseFile(p), Scope.global()));
                      try {
                        return run(tree);
                      } catch (EvalException x) {
                        throw x.trace(Pos.NONE, evaluating(p));
                      }
                    }));
    return t.force();
  }

  /**
   * The same of a file that the caller's caller has named, so that no error has to: the few lines
   * of a trace that are shown are for what lies below it.
   */
  public Value evalNamedFile(String path) {
    try {
      return evalFile(path);
    } catch (EvalException e) {
      throw e.untrace(evaluating(importTarget(path)));
    }
  }

  private static String evaluating(String file) {
    return "while evaluating the file '" + file + "':";
  }

  /** The tree of the expression in a file. */
  public Expr parseFile(String path) {
    String text = new HostReads(host).file(path);
    int slash = path.lastIndexOf('/');
    return parse(Source.file(path, text), slash <= 0 ? "/" : path.substring(0, slash));
  }

  /** The value, in weak head normal form. */
  public Value force(Value v) {
    return v instanceof Thunk t ? t.force() : v;
  }

  /**
   * Goes one level deeper in a value that is walked, which counts as a call does; {@link #leave}
   * comes back.
   *
   * @throws EvalException at {@code at} where that is too deep
   */
  public void enter(Pos at) {
    ops.enter(at);
  }

  /** Comes back from {@link #enter}. */
  public void leave() {
    EvalThread.current().callDepth--;
  }

  /**
   * Has other cores compute values that this thread is going to need in this order, until the scope
   * is closed. Only for values that are needed whatever happens, errors apart.
   *
   * @param values not to be changed before that
   */
  public Ahead.Scope ahead(Value[] values, Ahead.Work work) {
    return ahead.begin(values, work);
  }

  /** Likewise, for values that are going to be coerced to strings. */
  public Ahead.Scope aheadOfCoercion(Value[] values) {
    return ahead.begin(values, v -> coercion.prepare(v, false));
  }

  /** Likewise, for values that are going to be written as JSON. */
  public Ahead.Scope aheadOfWriting(Value[] values) {
    return ahead.begin(values, v -> coercion.prepare(v, true));
  }

  /** Whether this evaluation has used other cores so far. */
  public boolean hasComputedAhead() {
    return ahead.isUsed();
  }

  /**
   * Must be called before something is told that shows which values have been computed.
   *
   * @throws EvalException if some may have been computed by an earlier evaluation, or ahead: then a
   *     new evaluator without helpers is to be asked
   */
  public void showsWhatIsComputed() {
    EvalThread.needed();
    if (begun > 1 || ahead.isUsed()) {
      throw EvalException.other("this shows what has been evaluated before");
    }
  }

  /** Forces a value and all that it holds. */
  public void forceDeep(Value v) {
    try {
      new DeepForce(this).force(v);
    } catch (StackOverflowError e) {
      throw EvalException.stackOverflow(Pos.NONE);
    }
  }

  /** Applies a function. */
  public Value call(Value f, Value... args) {
    return ops.call(f, args, Pos.NONE);
  }

  /** Applies a function; {@code at} is shown as the place of the call. */
  public Value callAt(Pos at, Value f, Value... args) {
    return ops.call(f, args, at);
  }

  /** A thunk for an application. */
  public Value delayCall(Value f, Value... args) {
    return new Thunk(new Application(ops, f, args), null);
  }

  /** Where a value was written, as far as it is known. */
  public static Pos placeOf(Value v) {
    return switch (v) {
      case Thunk t -> t.place();
      case Value.Lambda l -> l.pos();
      case Attrs a -> a.place();
      case null, default -> Pos.NONE;
    };
  }

  /**
   * Calls a function that takes its argument apart with those of {@code args} that it accepts;
   * anything else is returned as it is. The same function's result for the same object is
   * remembered.
   */
  public Value autoCall(Value v, Attrs args) {
    Value f = force(v);
    return f instanceof Value.Lambda l
        ? remember(new Called(l, args), () -> new AutoCall(this).apply(l, args))
        : new AutoCall(this).apply(f, args);
  }

  private record Called(Value.Lambda function, Attrs args) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Called c && c.function == function && c.args == args;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(function) + System.identityHashCode(args);
    }
  }

  /**
   * What stands at a selection path ({@code -A a.b.0}) below a value, forced. Functions on the way
   * are called with {@code autoArgs}.
   *
   * @throws EvalException also if there is no such thing
   */
  public Value select(Value root, String path, Attrs autoArgs) {
    return new AttrPathSelection(this).select(root, path, autoArgs);
  }

  /** The names in a selection path, which stand between dots and may be quoted. */
  public static List<String> attrPath(String path) {
    return AttrPathSelection.parts(path);
  }

  /** Whether two values that lists or sets hold are equal. The same object equals itself. */
  public boolean equal(Value a, Value b) {
    return equality.equal(a, b);
  }

  Equality equality() {
    return equality;
  }

  /** Whether a value is a set with {@code type = "derivation"}. */
  public boolean isDerivation(Value v) {
    if (!(force(v) instanceof Attrs a)) {
      return false;
    }
    Value t = a.get(names.type);
    return t != null && force(t) instanceof Str s && s.value().equals("derivation");
  }

  /** Both lists joined; one that is empty costs nothing. */
  public Value.List concat(Value.List a, Value.List b) {
    if (a.size() == 0) {
      return b;
    }
    if (b.size() == 0) {
      return a;
    }
    Value[] all = new Value[a.size() + b.size()];
    System.arraycopy(a.elements(), 0, all, 0, a.size());
    System.arraycopy(b.elements(), 0, all, a.size(), b.size());
    return new Value.List(all);
  }

  /** A value as error messages show it: nothing forced, bounded. */
  public String show(Value v) {
    return new ValuePrinter(this, ValuePrinter.Options.ERROR).print(v);
  }

  /** {@code { file, line, column }}, or null for no place. */
  public Value position(Pos pos) {
    Optional<String> file = pos.source().path();
    if (!pos.isKnown() || file.isEmpty()) {
      return Value.Null.NULL;
    }
    return new Attrs.Builder(3)
        .put(names.file, new Str(file.get()))
        .put(names.line, Value.Int.of(pos.line()))
        .put(names.column, Value.Int.of(pos.column()))
        .build();
  }

  /** Fails if a string would be longer than {@link #MAX_STRING}. */
  public void checkLength(long length, Pos at) {
    if (length > MAX_STRING) {
      throw new EvalException(
          EvalException.Kind.OTHER, at, "a string is longer than " + MAX_STRING + " bytes");
    }
  }

  // Values of an expected type. The context names what wanted it, as Nix's traces do.

  /** The integer that {@code v} is. */
  public long integer(Value v, Pos at, String context) {
    try {
      if (Node.force(v, at) instanceof Value.Int i) {
        return i.value();
      }
      throw ops.expected("an integer", force(v)).at(at);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }

  /** The number that {@code v} is, an integer or not. */
  public double real(Value v, Pos at, String context) {
    try {
      return switch (Node.force(v, at)) {
        case Value.Int i -> i.value();
        case Value.Float f -> f.value();
        case Value other -> throw ops.expected("a float", other).at(at);
      };
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }

  /** The truth value that {@code v} is. */
  public boolean bool(Value v, Pos at, String context) {
    try {
      if (Node.force(v, at) instanceof Value.Bool b) {
        return b == Value.Bool.TRUE;
      }
      throw ops.expected("a Boolean", force(v)).at(at);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }

  /** The string that {@code v} is. */
  public Str string(Value v, Pos at, String context) {
    try {
      if (Node.force(v, at) instanceof Str s) {
        return s;
      }
      throw ops.expected("a string", force(v)).at(at);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }

  /** The string that {@code v} is, which must have no context. */
  public String stringNoContext(Value v, Pos at, String context) {
    Str s = string(v, at, context);
    if (!s.context().isEmpty()) {
      throw EvalException.other(
              "the string '"
                  + s.value()
                  + "' is not allowed to refer to a store path (such as '"
                  + s.context().sorted().first().encode()
                  + "')")
          .trace(at, context);
    }
    return s.value();
  }

  /** The set that {@code v} is. */
  public Attrs attrs(Value v, Pos at, String context) {
    return ops.attrs(v, at, context);
  }

  /** The list that {@code v} is. */
  public Value.List list(Value v, Pos at, String context) {
    Value f = Node.force(v, at);
    if (f instanceof Value.List l) {
      return l;
    }
    throw ops.expected("a list", f).trace(at, context);
  }

  /** The function that {@code v} is; a functor counts as one. */
  public Value function(Value v, Pos at, String context) {
    try {
      Value f = Node.force(v, at);
      if (f instanceof Value.Function || (f instanceof Attrs a && a.has(names.functor))) {
        return f;
      }
      throw ops.expected("a function", f).at(at);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
  }
}
