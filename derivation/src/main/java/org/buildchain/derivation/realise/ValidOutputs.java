package org.buildchain.derivation.realise;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.HashModulo;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/**
 * Which outputs of derivations the store has: by their paths, or by what was realised before.
 *
 * @param all whether realisations are recorded of outputs too whose paths follow from their
 *     derivation, which Nix's clients with the feature {@code ca-derivations} ask for
 */
record ValidOutputs(Store store, Derivations derivations, OutputPaths paths, boolean all) {
  /** The outputs that are valid. */
  SortedMap<String, StorePath> of(Derivation drv) {
    SortedMap<String, StorePath> valid = new TreeMap<>();
    switch (drv.kind()) {
      case INPUT_ADDRESSED, FIXED ->
          drv.outputs()
              .forEach(
                  (name, output) ->
                      output
                          .path(store.dir(), drv.name(), name)
                          .filter(store::isValid)
                          .ifPresent(p -> valid.put(name, p)));
      case FLOATING, DEFERRED -> {
        HashModulo modulo = paths.of(drv, true);
        for (Map.Entry<String, Hash> e : modulo.hashes().entrySet()) {
          store
              .realisation(new Store.RealisationId(e.getValue(), e.getKey()))
              .ifPresent(p -> valid.put(e.getKey(), p));
        }
      }
      case IMPURE -> {}
    }
    return valid;
  }

  /** Records what the outputs of a derivation became. */
  void record(Derivation drv, SortedMap<String, StorePath> outputs) throws IOException {
    Derivation.Kind kind = drv.kind();
    boolean known = kind != Derivation.Kind.FLOATING && kind != Derivation.Kind.DEFERRED;
    if (kind == Derivation.Kind.IMPURE || (known && !all)) {
      return;
    }
    HashModulo modulo = paths.of(drv, true);
    for (Map.Entry<String, StorePath> output : outputs.entrySet()) {
      Store.RealisationId id =
          new Store.RealisationId(modulo.hashes().get(output.getKey()), output.getKey());
      if (!store.realisation(id).equals(Optional.of(output.getValue()))) {
        store.addRealisation(
            id, output.getValue(), known ? new TreeMap<>() : dependents(drv, output.getValue()));
      }
    }
  }

  /**
   * What the outputs were that a derivation needs, as far as one of its own refers to them. Source:
   * {@code drvOutputReferences} in {@code src/libstore/misc.cc} of Nix 2.26.
   */
  private SortedMap<Store.RealisationId, StorePath> dependents(Derivation drv, StorePath path) {
    SortedMap<Store.RealisationId, StorePath> dependents = new TreeMap<>();
    Deque<Store.RealisationId> next = new ArrayDeque<>();
    drv.inputDerivations()
        .forEach(
            (input, outputs) -> {
              SortedMap<String, Hash> hashes = paths.of(derivations.apply(input), true).hashes();
              outputs.forEach(o -> next.push(new Store.RealisationId(hashes.get(o), o)));
            });
    Set<Store.RealisationId> seen = new HashSet<>(next);
    Set<StorePath> references =
        next.isEmpty()
            ? Set.of()
            : store.query(path).map(PathInfo::references).orElseGet(Collections::emptySortedSet);
    while (!next.isEmpty()) {
      Store.RealisationId id = next.pop();
      store.realisation(id).filter(references::contains).ifPresent(p -> dependents.put(id, p));
      store.dependents(id).keySet().stream().filter(seen::add).forEach(next::push);
    }
    return dependents;
  }
}
