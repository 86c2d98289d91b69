package org.buildchain.language.eval;

/**
 * A function written in Java.
 *
 * @param name as in {@code builtins}, without leading underscores
 * @param arity the number of arguments, at least 1
 * @param global whether the plain name is in scope everywhere; otherwise only {@code __name} is
 */
public record BuiltinDef(String name, int arity, boolean global, Code code) {
  /** What it does. */
  @FunctionalInterface
  public interface Code {
    /**
     * @param args exactly as many as the arity, perhaps thunks
     * @return a value in weak head normal form, not a thunk
     */
    Value apply(Evaluator ev, Value[] args);
  }

  /** Whether traces tell of its calls. */
  boolean traced() {
    return !name.equals("addErrorContext");
  }

  /** As messages name it. */
  public String shownName() {
    return name;
  }
}
