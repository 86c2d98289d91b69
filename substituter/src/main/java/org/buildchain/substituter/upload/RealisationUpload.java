package org.buildchain.substituter.upload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * Sends what is recorded of content-addressed outputs to a binary cache: which derivation's they
 * are, without which nobody finds them there. Source: {@code BinaryCacheStore::registerDrvOutput}
 * of Nix 2.26.
 */
public final class RealisationUpload {
  private static final int MOST_BYTES = 1 << 20;

  private RealisationUpload() {}

  /**
   * Sends the realisations of objects that are there, signed by whoever signs these.
   *
   * @param objects each after what it refers to
   */
  public static void send(
      DiskStore store, List<PathInfo> objects, CacheFiles files, UploadOptions options)
      throws IOException {
    Map<StorePath, List<Store.RealisationId>> ofPaths = new LinkedHashMap<>();
    objects.forEach(o -> ofPaths.put(o.path(), new ArrayList<>()));
    store.realisationsOf(ofPaths.keySet()).forEach((id, path) -> ofPaths.get(path).add(id));
    for (Map.Entry<StorePath, List<Store.RealisationId>> at : ofPaths.entrySet()) {
      for (Store.RealisationId id : at.getValue()) {
        send(
            new Realisation(id, at.getKey(), store.dependents(id), store.realisationSignatures(id))
                .signed(options.key().stream().toList()),
            files);
      }
    }
  }

  private static void send(Realisation realisation, CacheFiles files) throws IOException {
    String name = "realisations/" + realisation.id() + ".doi";
    SortedSet<String> signatures = new TreeSet<>(realisation.signatures());
    Optional<Realisation> known = files.read(name, MOST_BYTES).flatMap(RealisationUpload::parse);
    if (known.isPresent() && known.get().withSignatures(signatures).equals(realisation)) {
      signatures.addAll(known.get().signatures());
      if (signatures.equals(known.get().signatures())) {
        return;
      }
    }
    String json = realisation.withSignatures(signatures).json();
    files.write(name, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  /** Empty for what nobody could use. */
  private static Optional<Realisation> parse(byte[] text) {
    try {
      return Optional.of(Realisation.parse(Octets.of(text)));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
