package org.buildchain.daemon.command.build;

import java.util.LinkedHashMap;
import java.util.Map;
import org.buildchain.store.path.StorePath;

/**
 * The names of the links to what was built, as nix-build gives them: the first derivation's are
 * {@code result} and {@code result-dev}, the second's {@code result-2} and {@code result-2-dev}.
 */
final class OutLinks {
  private final String base;
  private final Map<StorePath, String> prefixes = new LinkedHashMap<>();

  /**
   * @param base the first one's name
   */
  OutLinks(String base) {
    this.base = base;
  }

  /** The name for an output of a derivation; derivations are counted as they come. */
  String name(StorePath derivation, String output) {
    int count = prefixes.size();
    prefixes.putIfAbsent(derivation, count == 0 ? base : base + "-" + (count + 1));
    String prefix = prefixes.get(derivation);
    return output.equals("out") ? prefix : prefix + "-" + output;
  }
}
