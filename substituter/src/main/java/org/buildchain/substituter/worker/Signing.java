package org.buildchain.substituter.worker;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/** Has what one request built signed, as soon as it is there. */
final class Signing implements BuildEvent.Listener {
  private final Conversation c;
  private final Set<StorePath> built = ConcurrentHashMap.newKeySet();

  Signing(Conversation c) {
    this.c = c;
  }

  @Override
  public void on(BuildEvent event) {
    if (event instanceof BuildEvent.Started s && s.mode() == BuildMode.NORMAL) {
      built.add(s.derivation());
    } else if (event instanceof BuildEvent.Finished f && built.remove(f.derivation())) {
      try {
        c.service().signBuilt(f.outputs().values(), realisations(f));
      } catch (IOException e) {
        c.log().note("warning: cannot sign what was built: " + e.getMessage());
      }
    }
  }

  private List<Store.RealisationId> realisations(BuildEvent.Finished event) {
    if (!c.store().isValid(event.derivation())) {
      // It was sent by the client, and its outputs follow from their paths.
      return List.of();
    }
    Derivation drv = c.service().derivations().apply(event.derivation());
    if (drv.kind() != Derivation.Kind.FLOATING && drv.kind() != Derivation.Kind.DEFERRED) {
      return List.of();
    }
    Map<String, Hash> hashes = c.service().outputPaths().of(drv, true).hashes();
    return event.outputs().keySet().stream()
        .map(output -> new Store.RealisationId(hashes.get(output), output))
        .toList();
  }
}
