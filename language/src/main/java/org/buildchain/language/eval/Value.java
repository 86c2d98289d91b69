package org.buildchain.language.eval;

import java.util.Optional;
import org.buildchain.language.syntax.Pos;

/**
 * A value of the language, or a {@link Thunk} that will be one. Immutable, thunks apart. Elements
 * of lists and attribute sets may be thunks; {@link Evaluator#force} gives what they stand for.
 */
public sealed interface Value
    permits Value.Int,
        Value.Float,
        Value.Bool,
        Value.Null,
        Str,
        Value.Path,
        Value.List,
        Attrs,
        Value.Function,
        Thunk {

  /** With article, as messages name it: {@code "a list"}. */
  String described();

  /** A 64-bit integer. */
  record Int(long value) implements Value {
    private static final Int[] SMALL = new Int[1152];

    static {
      for (int i = 0; i < SMALL.length; i++) {
        SMALL[i] = new Int(i - 128);
      }
    }

    /** The value for a number; small ones are shared. */
    public static Int of(long n) {
      return n >= -128 && n < 1024 ? SMALL[(int) n + 128] : new Int(n);
    }

    @Override
    public String described() {
      return "an integer";
    }
  }

  /** An IEEE 754 double. */
  record Float(double value) implements Value {
    @Override
    public String described() {
      return "a float";
    }
  }

  /** A truth value. */
  enum Bool implements Value {
    FALSE,
    TRUE;

    /** The value for a Java boolean. */
    public static Bool of(boolean b) {
      return b ? TRUE : FALSE;
    }

    @Override
    public String described() {
      return "a Boolean";
    }
  }

  /** {@code null}. */
  enum Null implements Value {
    NULL;

    @Override
    public String described() {
      return "null";
    }
  }

  /** A path: absolute and canonical, an octet string. */
  record Path(String path) implements Value {
    /** Below it stand the expressions that come with the language: {@code <nix/…>}. */
    public static final String INTERNAL = "/__corepkgs__";

    /** As it is printed. */
    public String shown() {
      return isInternal() ? "<nix" + text() + ">" : path;
    }

    /** As a string. */
    String text() {
      return isInternal() ? path.substring(INTERNAL.length()) : path;
    }

    private boolean isInternal() {
      return path.startsWith(INTERNAL + "/");
    }

    @Override
    public String described() {
      return "a path";
    }
  }

  /** A list. The array belongs to it and is never changed. */
  final class List implements Value {
    /** The list without elements. */
    public static final List EMPTY = new List(new Value[0]);

    private final Value[] elements;

    /** Takes over {@code elements}. */
    public List(Value[] elements) {
      this.elements = elements;
    }

    /** A list of these, shared if empty. */
    public static List of(java.util.List<? extends Value> elements) {
      return elements.isEmpty() ? EMPTY : new List(elements.toArray(new Value[0]));
    }

    /** The number of elements. */
    public int size() {
      return elements.length;
    }

    /** An element, perhaps a thunk. */
    public Value get(int i) {
      return elements[i];
    }

    /** The elements; not to be changed. */
    public Value[] elements() {
      return elements;
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  /** Something that can be called. */
  sealed interface Function extends Value permits Lambda, Builtin, PartialBuiltin {}

  /**
   * A closure.
   *
   * @param name what it was bound to where it was written, or empty
   */
  record Lambda(LambdaNode code, Env env) implements Function {
    @Override
    public String described() {
      return "a function";
    }

    /** Where it was written. */
    public Pos pos() {
      return code.pos();
    }

    /** The name that it was bound to where it was written, if it was. */
    public Optional<String> name() {
      return code.name().map(Symbol::name);
    }
  }

  /** A function written in Java. */
  record Builtin(BuiltinDef def) implements Function {
    @Override
    public String described() {
      return "the built-in function '" + def.shownName() + "'";
    }
  }

  /** A built-in function that has some of its arguments. */
  record PartialBuiltin(BuiltinDef def, Value[] given) implements Function {
    @Override
    public String described() {
      return "the partially applied built-in function '" + def.shownName() + "'";
    }
  }
}
