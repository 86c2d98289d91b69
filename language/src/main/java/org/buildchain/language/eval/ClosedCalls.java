package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.buildchain.language.syntax.Pos;

/**
 * Remembers what a file's function gives for plain arguments, as in {@code import <nixpkgs> {}}: so
 * that who edits the file with the call in it finds the rest evaluated. Within one session every
 * such call gives an object of its own, as if nothing were remembered: the first call for an
 * argument is answered by the first one's result of earlier sessions, the second by the second's.
 */
final class ClosedCalls {
  private static final int MAX_PARTS = 8;
  private static final int MAX_DEPTH = 4;

  private final Answers answers;
  private final Map<Call, Integer> made = new ConcurrentHashMap<>();

  ClosedCalls(Answers answers) {
    this.answers = answers;
  }

  /** Forgets which calls the last session made. */
  void begin() {
    made.clear();
  }

  /** A function, by identity, and what its argument says. */
  private record Call(Value.Lambda function, Object argument) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Call c && c.function == function && c.argument.equals(argument);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(function) + argument.hashCode();
    }
  }

  private record Nth(Call call, int n) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Nth other && n == other.n && call.equals(other.call);
    }

    @Override
    public int hashCode() {
      return 31 * call.hashCode() + n;
    }
  }

  /** The value of {@code call}, which applies {@code f} to {@code argument}. */
  Value apply(Value.Lambda f, Value argument, Supplier<Value> call) {
    Optional<Object> plain = plain(argument, 0);
    if (plain.isEmpty()) {
      return call.get();
    }
    Call key = new Call(f, plain.get());
    int n = made.merge(key, 1, Integer::sum);
    return answers.get(new Nth(key, n), call);
  }

  private record Scalar(Object value) {}

  private record Named(String name, String file, int line, int column, Object value) {}

  /** What a value says, if that is little and nothing needs to be computed for it. */
  private static Optional<Object> plain(Value v, int depth) {
    return switch (v) {
      case Thunk t -> {
        Value known = t.peek();
        if (known == null) {
          yield t.written().flatMap(w -> plain(w, depth));
        }
        // Which call this is depends on it.
        yield plain(t.force(), depth);
      }
      case Value.Int i -> Optional.of(new Scalar(i));
      case Value.Float f -> Optional.of(new Scalar(f));
      case Value.Bool b -> Optional.of(new Scalar(b));
      case Value.Null n -> Optional.of(new Scalar(n));
      case Value.Path p -> Optional.of(new Scalar(p));
      case Str s when s.context().isEmpty() -> Optional.of(new Scalar(s.value()));
      case Attrs a when a.size() <= MAX_PARTS && depth < MAX_DEPTH -> attributes(a, depth);
      case Value.List l when l.size() <= MAX_PARTS && depth < MAX_DEPTH -> elements(l, depth);
      default -> Optional.empty();
    };
  }

  private static Optional<Object> attributes(Attrs a, int depth) {
    List<Object> parts = new ArrayList<>(a.size());
    for (int i = 0; i < a.size(); i++) {
      Optional<Object> part = plain(a.value(i), depth + 1);
      if (part.isEmpty()) {
        return part;
      }
      // builtins.unsafeGetAttrPos tells where an attribute was written.
      Pos at = a.pos(i);
      boolean known = at.isKnown();
      parts.add(
          new Named(
              a.name(i).name(),
              at.source().name(),
              known ? at.line() : 0,
              known ? at.column() : 0,
              part.get()));
    }
    return Optional.of(parts);
  }

  private static Optional<Object> elements(Value.List l, int depth) {
    List<Object> parts = new ArrayList<>(l.size() + 1);
    parts.add("list");
    for (Value element : l.elements()) {
      Optional<Object> part = plain(element, depth + 1);
      if (part.isEmpty()) {
        return part;
      }
      parts.add(part.get());
    }
    return Optional.of(parts);
  }
}
