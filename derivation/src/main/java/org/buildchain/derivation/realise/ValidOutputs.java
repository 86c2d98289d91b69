package org.buildchain.derivation.realise;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.HashModulo;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/**
 * Which outputs of derivations the store has: by their paths, or by what was realised before.
 *
 * @param all whether realisations are recorded of outputs too whose paths follow from their
 *     derivation, which Nix's clients with the feature {@code ca-derivations} ask for
 */
record ValidOutputs(Store store, OutputPaths paths, boolean all) {
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
        store.addRealisation(id, output.getValue());
      }
    }
  }
}
