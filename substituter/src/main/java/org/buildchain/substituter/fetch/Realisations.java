package org.buildchain.substituter.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.buildchain.derivation.site.Substituter.Realised;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * The realisations of one cache. One is taken with all that it was made with, and only if that is
 * what the same outputs are here: else a closure would have two realisations of one output, as
 * where a build is not reproducible. Source: {@code src/libstore/build/drv-output-substitution-
 * goal.cc} of Nix 2.26.
 *
 * @param url names the cache
 * @param files gives a small file of the cache
 * @param believed whether signatures suffice
 * @param warnings takes lines for the user
 */
record Realisations(
    String url,
    Function<String, Optional<byte[]>> files,
    Predicate<Realisation> believed,
    Consumer<String> warnings) {
  /** Each is a request, one after another. */
  private static final int MOST = 4096;

  /** An output and those below it; empty if the cache has not all of that, or contradicts. */
  Map<Store.RealisationId, Realised> closure(
      Store.RealisationId id, Function<Store.RealisationId, Optional<StorePath>> known) {
    Map<Store.RealisationId, Realised> closure = new LinkedHashMap<>();
    Map<Store.RealisationId, StorePath> expected = new HashMap<>();
    Deque<Store.RealisationId> next = new ArrayDeque<>();
    next.add(id);
    while (!next.isEmpty()) {
      Store.RealisationId at = next.poll();
      Optional<Realisation> found = closure.size() < MOST ? read(at) : Optional.empty();
      if (found.isEmpty()) {
        return Map.of();
      }
      StorePath path = found.get().path();
      if (!expected.getOrDefault(at, path).equals(path)) {
        return contradicted(at, expected.get(at), path);
      }
      closure.put(at, new Realised(path, found.get().dependents()));
      expected.put(at, path);
      for (Map.Entry<Store.RealisationId, StorePath> on : found.get().dependents().entrySet()) {
        Optional<StorePath> here =
            Optional.ofNullable(expected.get(on.getKey())).or(() -> known.apply(on.getKey()));
        if (here.isEmpty()) {
          next.add(on.getKey());
          expected.put(on.getKey(), on.getValue());
        } else if (!here.get().equals(on.getValue())) {
          return contradicted(on.getKey(), here.get(), on.getValue());
        }
      }
    }
    return closure;
  }

  private Map<Store.RealisationId, Realised> contradicted(
      Store.RealisationId id, StorePath here, StorePath there) {
    // The words of Nix.
    warnings.accept(
        "substituter '"
            + url
            + "' has an incompatible realisation for '"
            + id
            + "', ignoring.\nLocal:  "
            + here
            + "\nRemote: "
            + there);
    return Map.of();
  }

  private Optional<Realisation> read(Store.RealisationId id) {
    String name = "realisations/" + id + ".doi";
    Optional<byte[]> text = files.apply(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Realisation realisation = Realisation.parse(Octets.of(text.get()));
      if (!realisation.id().equals(id)) {
        warnings.accept("'" + name + "' of '" + url + "' is about another output");
        return Optional.empty();
      }
      return Optional.of(realisation).filter(believed);
    } catch (FormatException e) {
      warnings.accept("'" + name + "' of '" + url + "': " + e.getMessage());
      return Optional.empty();
    }
  }
}
