package org.buildchain.substituter.fetch;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/** Which programs a store has in some version. Looked up once; thread-safe. */
final class Kin {
  private final Store store;
  private Optional<Set<String>> names = Optional.empty();

  Kin(Store store) {
    this.store = store;
  }

  /** Whether the store had something of this name, versions aside, when it was first asked. */
  synchronized boolean has(StorePath path) {
    if (names.isEmpty()) {
      Set<String> found = new HashSet<>();
      for (StorePath valid : store.allPaths()) {
        if (!valid.isDerivation()) {
          found.add(program(valid));
        }
      }
      names = Optional.of(found);
    }
    return names.get().contains(program(path));
  }

  /** What stands before the version, as {@code builtins.parseDrvName} sees it, and the output. */
  private static String program(StorePath path) {
    String name = path.name();
    for (int i = 0; i + 1 < name.length(); i++) {
      if (name.charAt(i) == '-' && Character.isDigit(name.charAt(i + 1))) {
        return name.substring(0, i) + output(name.substring(i + 1));
      }
    }
    return name;
  }

  /** {@code -dev} of {@code 1.0-dev}. */
  private static String output(String version) {
    int dash = version.lastIndexOf('-');
    return dash < 0 ? "" : version.substring(dash);
  }
}
