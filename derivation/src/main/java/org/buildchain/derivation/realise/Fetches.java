package org.buildchain.derivation.realise;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.Store;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/** What a plan fetches in place of building it, each path with all that it refers to. */
final class Fetches {
  private final Store store;
  private final Substituter substituter;
  private final Set<StorePath> unavailable;
  private final Set<StorePath> failed;
  private final Consumer<String> notes;
  private final Map<StorePath, Substituter.Offer> offers = new HashMap<>();
  private final Map<StorePath, Substituter.Offer> chosen = new LinkedHashMap<>();
  private final Map<Store.RealisationId, Substituter.Realised> realised = new HashMap<>();

  /**
   * @param unavailable paths that could not be fetched before
   * @param failed paths that may not be built because they were offered and could not be fetched
   */
  Fetches(
      Store store,
      Substituter substituter,
      Set<StorePath> unavailable,
      Set<StorePath> failed,
      Consumer<String> notes) {
    this.store = store;
    this.substituter = substituter;
    this.unavailable = unavailable;
    this.failed = failed;
    this.notes = notes;
  }

  /** What is to be fetched, each after what it refers to. */
  List<Substituter.Offer> chosen() {
    return List.copyOf(chosen.values());
  }

  /** Whether a path will be there when everything is fetched. */
  boolean provides(StorePath path) {
    return chosen.containsKey(path);
  }

  /** Whether a path was offered and could not be fetched, and so may not be built. */
  boolean mustBeFetched(StorePath path) {
    return failed.contains(path);
  }

  /** Says by what content a path is addressed. */
  void address(StorePath path, ContentAddress address) {
    substituter.address(path, address);
  }

  /** Asks for paths, and for what they refer to, level by level. */
  void ask(Collection<StorePath> paths) throws InterruptedException {
    Set<StorePath> next = new HashSet<>(paths);
    while (true) {
      next.removeIf(p -> offers.containsKey(p) || unavailable.contains(p) || store.isValid(p));
      if (next.isEmpty()) {
        return;
      }
      Map<StorePath, Substituter.Offer> answers = substituter.query(next, notes);
      for (StorePath asked : next) {
        if (!answers.containsKey(asked)) {
          unavailable.add(asked);
        }
      }
      offers.putAll(answers);
      next = new HashSet<>();
      for (Substituter.Offer offer : answers.values()) {
        next.addAll(offer.references());
      }
    }
  }

  /** What an output of a derivation became elsewhere, in keeping with all that is known here. */
  Optional<StorePath> realisation(Store.RealisationId id) throws InterruptedException {
    if (!realised.containsKey(id)) {
      realised.putAll(substituter.realisation(id, this::realisedAs, notes));
    }
    return Optional.ofNullable(realised.get(id)).map(Substituter.Realised::path);
  }

  private Optional<StorePath> realisedAs(Store.RealisationId id) {
    return store
        .realisation(id)
        .or(() -> Optional.ofNullable(realised.get(id)).map(Substituter.Realised::path));
  }

  /** Records what an output became elsewhere, and those below it, whose paths are valid now. */
  void recordRealised(Store.RealisationId id) throws IOException {
    Deque<Store.RealisationId> next = new ArrayDeque<>(List.of(id));
    Set<Store.RealisationId> seen = new HashSet<>(next);
    while (!next.isEmpty()) {
      Store.RealisationId at = next.pop();
      Substituter.Realised found = realised.get(at);
      if (found == null || store.realisation(at).isPresent() || !store.isValid(found.path())) {
        continue;
      }
      store.addRealisation(at, found.path(), found.dependents());
      found.dependents().keySet().stream().filter(seen::add).forEach(next::push);
    }
  }

  /**
   * Decides to fetch a path that was asked for, with what it needs.
   *
   * @return false if something of that can't be had; then nothing is fetched for it
   */
  boolean choose(StorePath path) {
    Map<StorePath, Substituter.Offer> added = new LinkedHashMap<>();
    if (!collect(path, new HashSet<>(), added)) {
      return false;
    }
    chosen.putAll(added);
    return true;
  }

  private boolean collect(
      StorePath path, Set<StorePath> way, Map<StorePath, Substituter.Offer> added) {
    if (chosen.containsKey(path) || added.containsKey(path)) {
      return true;
    }
    Substituter.Offer offer = offers.get(path);
    if (offer == null) {
      return !unavailable.contains(path) && store.isValid(path);
    }
    // Whoever offers paths that refer to each other in a circle lies.
    if (unavailable.contains(path) || !way.add(path)) {
      return false;
    }
    for (StorePath reference : offer.references()) {
      if (!reference.equals(path) && !collect(reference, way, added)) {
        unavailable.add(path);
        return false;
      }
    }
    way.remove(path);
    added.put(path, offer);
    return true;
  }

  /**
   * Fetches what was chosen, several at a time. What can't be fetched is unavailable from now on.
   *
   * @throws InterruptedException if interrupted; nothing is fetched any more then
   */
  void run(int jobs) throws InterruptedException {
    new FetchRun(store, substituter, chosen.values(), notes)
        .run(jobs)
        .forEach(
            (path, outcome) -> {
              if (outcome != FetchRun.Outcome.FETCHED) {
                unavailable.add(path);
              }
              if (outcome == FetchRun.Outcome.FAILED) {
                failed.add(path);
              }
            });
  }
}
