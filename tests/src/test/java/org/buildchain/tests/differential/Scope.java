package org.buildchain.tests.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The variables that an expression may name, innermost last. */
final class Scope {
  /** Few, so that they shadow each other; some shadow builtins. */
  private static final List<String> NAMES =
      List.of(
          "a",
          "b",
          "c",
          "x",
          "y",
          "z",
          "f",
          "foo",
          "bar",
          "x'",
          "a-b",
          "_q",
          "map",
          "toString",
          "or1",
          "true",
          "__add");

  private record Variable(String name, char type) {}

  private final Random random;
  private final List<Variable> variables = new ArrayList<>();

  Scope(Random random) {
    this.random = random;
  }

  /** A name for a variable or an attribute. */
  String name() {
    // Shadowed builtins are rare: they make most of what stands inside fail.
    int n = random.nextInt(100);
    return NAMES.get(n < 97 ? random.nextInt(12) : 12 + random.nextInt(NAMES.size() - 12));
  }

  /** Brings a variable into scope. */
  void add(String name, char type) {
    variables.add(new Variable(name, type));
  }

  int mark() {
    return variables.size();
  }

  /** Ends the scopes that began after {@link #mark}. */
  void reset(int mark) {
    variables.subList(mark, variables.size()).clear();
  }

  /** A variable of this type that isn't shadowed. */
  Optional<String> variable(char type) {
    List<String> found = new ArrayList<>();
    for (int i = variables.size() - 1; i >= 0; i--) {
      Variable v = variables.get(i);
      if (Types.fits(v.type, type) && lookUp(v.name) == i) {
        found.add(v.name);
      }
    }
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(found.get(random.nextInt(found.size())));
  }

  private int lookUp(String name) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name.equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
