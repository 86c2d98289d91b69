package org.buildchain.language.eval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.language.EvalHost;
import org.buildchain.store.path.StorePath;

/** That a tree was copied into the store: the entries that were taken, and what became of them. */
final class CopiedFact extends Fact {
  private final Map<String, Optional<Object>> stamps = new ConcurrentHashMap<>();
  private Optional<StorePath> stored = Optional.empty();

  CopiedFact(int session) {
    super(session);
  }

  /** One of another process. */
  CopiedFact(StorePath stored, Map<String, Optional<Object>> stamps) {
    super(0);
    this.stored = Optional.of(stored);
    this.stamps.putAll(stamps);
  }

  /** An entry, before it is read. */
  void saw(String path, Optional<Object> stamp) {
    stamps.put(path, stamp);
  }

  void became(StorePath path) {
    stored = Optional.of(path);
  }

  @Override
  boolean holds(EvalHost host) throws IOException {
    for (Map.Entry<String, Optional<Object>> e : stamps.entrySet()) {
      if (!ToldFact.Stamp.same(host.stamp(e.getKey(), false), e.getValue())) {
        return false;
      }
    }
    return holdsBesides(host);
  }

  @Override
  List<EvalHost.Place> places() {
    return stamps.keySet().stream().map(p -> new EvalHost.Place(p, false)).toList();
  }

  @Override
  boolean hasBesides() {
    return true;
  }

  @Override
  boolean holdsBesides(EvalHost host) {
    return stored.isPresent() && host.isKept(stored.get());
  }

  @Override
  Optional<List<String>> told() {
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>(List.of("copied", stored.get().toString()));
    stamps.forEach(
        (path, stamp) -> {
          words.add(path);
          words.add(ToldFact.Stamp.words(stamp));
        });
    return Optional.of(words);
  }
}
