package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * The caches that a command asks, in their order, and their small files. One that does not answer
 * is not asked again. Thread-safe.
 */
final class AskedCaches {
  private static final int MAX_CACHE_INFO = 1 << 16;

  private final List<Caches.Listed> listed;
  private final Caches.Options options;
  private final StoreDir here;
  private final Memory memory;

  /** Caches that don't answer: they are not asked again by this command. */
  private final Set<String> silent = ConcurrentHashMap.newKeySet();

  /** What is known to be addressed by its content alone. */
  private final Map<StorePath, ContentAddress> addresses = new ConcurrentHashMap<>();

  private Optional<List<Caches.Listed>> ordered = Optional.empty();

  /**
   * @param here the folder of the store that paths are for
   */
  AskedCaches(List<Caches.Listed> listed, Caches.Options options, StoreDir here, Memory memory) {
    this.listed = listed;
    this.options = options;
    this.here = here;
    this.memory = memory;
  }

  /** The caches that are for this store, by priority. */
  synchronized List<Caches.Listed> order(Consumer<String> notes) {
    if (ordered.isEmpty()) {
      record Ranked(Caches.Listed cache, int priority) {}
      List<Ranked> ranked = new ArrayList<>();
      for (Caches.Listed cache : listed) {
        OptionalInt priority = priority(cache, notes);
        if (priority.isPresent()) {
          ranked.add(new Ranked(cache, cache.priority().orElse(priority.getAsInt())));
        }
      }
      ranked.sort(Comparator.comparingInt(Ranked::priority));
      ordered = Optional.of(ranked.stream().map(Ranked::cache).toList());
    }
    return ordered.get();
  }

  /** The priority that a cache gives itself; empty if it is none for this store. */
  private OptionalInt priority(Caches.Listed cache, Consumer<String> notes) {
    Optional<byte[]> bytes = file(cache, "nix-cache-info", MAX_CACHE_INFO, notes);
    if (bytes.isEmpty()) {
      if (!silent.contains(cache.files().url())) {
        warn(notes, "'" + cache.files().url() + "' does not appear to be a binary cache");
      }
      return OptionalInt.empty();
    }
    CacheInfo info = CacheInfo.read(bytes.get());
    String wanted = dir(cache).path();
    if (!info.storeDir().orElse(wanted).equals(wanted)) {
      warn(
          notes,
          "'"
              + cache.files().url()
              + "' is for the store folder '"
              + info.storeDir().get()
              + "', not '"
              + wanted
              + "'");
      return OptionalInt.empty();
    }
    return OptionalInt.of(info.priority());
  }

  /** Notes that a path follows from its content alone, so that it has a name in other stores. */
  void address(StorePath path, ContentAddress address) {
    addresses.put(path, address);
  }

  /** That, if it is known. */
  Optional<ContentAddress> address(StorePath path) {
    return Optional.ofNullable(addresses.get(path));
  }

  /** The store folder that a cache is for. */
  StoreDir dir(Caches.Listed cache) {
    return cache.dir().orElse(here);
  }

  /** What a cache calls a path; for another store folder that follows from its content alone. */
  Optional<StorePath> there(Caches.Listed cache, StorePath path) {
    StoreDir dir = dir(cache);
    return dir.equals(here)
        ? Optional.of(path)
        : address(path).map(a -> dir.makeContentAddressed(path.name(), a, Set.of(), false));
  }

  /** What a cache's file about a path is called. */
  static String name(StorePath path) {
    return path.hashPart() + ".narinfo";
  }

  /** A small file, from memory or the cache. */
  Optional<byte[]> file(Caches.Listed cache, String name, int most, Consumer<String> notes) {
    String url = cache.files().url();
    Optional<Optional<byte[]>> known = memory.get(url, name);
    if (known.isPresent()) {
      return known.get();
    }
    if (silent.contains(url)) {
      return Optional.empty();
    }
    try {
      Optional<byte[]> bytes = cache.files().read(name, most);
      memory.put(url, name, bytes, bytes.isPresent() ? options.positive() : options.negative());
      return bytes;
    } catch (IOException e) {
      if (!Thread.currentThread().isInterrupted() && silent.add(url)) {
        warn(notes, e.getMessage() + "; '" + url + "' is not asked any more");
      }
      return Optional.empty();
    }
  }

  /** Has the next command ask anew about a path. */
  void forget(Caches.Listed cache, StorePath path) {
    there(cache, path).ifPresent(p -> memory.forget(cache.files().url(), name(p)));
  }

  /** Tells the user. */
  static void warn(Consumer<String> notes, String text) {
    notes.accept("warning: " + text);
  }
}
