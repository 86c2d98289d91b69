package org.buildchain.daemon.worker;

import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * A store as a builder uses it. Roots that it asks for mean nothing: what it adds lives as long as
 * the build, and what its outputs refer to as long as those.
 */
final class BuilderService extends ClientService {
  BuilderService(Backend backend, Settings settings) {
    super(backend, "builder", settings);
  }

  private static StoreException refused() {
    return new StoreException("builders may not do this");
  }

  @Override
  public void sign(StorePath path, SortedSet<String> signatures) {
    throw refused();
  }

  @Override
  public void addIndirectRoot(String link) {}

  @Override
  public void addPermanentRoot(StorePath path, String link) {}

  @Override
  public List<Root> roots(boolean censored) {
    return List.of();
  }

  @Override
  public Freed collect(Collecting action, Set<StorePath> only, long maxBytes) {
    throw refused();
  }

  @Override
  public boolean verify(
      boolean contents, boolean repair, Consumer<String> notes, Consumer<String> report) {
    throw refused();
  }

  @Override
  public void addLog(StorePath drvPath, InputStream log) {
    throw refused();
  }

  @Override
  public void register(Realisation realisation) {
    throw refused();
  }
}
