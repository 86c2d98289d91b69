package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.buildchain.derivation.site.Arrival;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.disk.StagedObject;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;

/** The caches of one command. A cache that lies, stalls or has nothing is left for the next. */
final class CacheSubstituter implements Substituter {
  private static final int QUESTIONS = 32;

  /** A smaller NAR costs less than the questions for its blocks. */
  private static final long LEAST_BY_BLOCKS = 32 << 10;

  private static final int MAX_REALISATION = 1 << 20;

  private final Caches.Options options;
  private final DiskStore store;
  private final AskedCaches caches;
  private final BelievedInfos infos;
  private final Kin kin;
  private final Semaphore questions = new Semaphore(QUESTIONS);

  CacheSubstituter(
      List<Caches.Listed> listed, Caches.Options options, DiskStore store, Memory memory) {
    this.options = options;
    this.store = store;
    this.caches = new AskedCaches(listed, options, store.dir(), memory);
    this.infos = new BelievedInfos(caches, options, store.dir());
    this.kin = new Kin(store);
  }

  @Override
  public void address(StorePath path, ContentAddress address) {
    caches.address(path, address);
  }

  @Override
  public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes)
      throws InterruptedException {
    caches.order(notes);
    if (paths.size() == 1) {
      // In a chain of references the way to other threads and back would be much of each step.
      return alone(paths.iterator().next(), notes);
    }
    Map<StorePath, FutureTask<Optional<Offer>>> tasks = new LinkedHashMap<>();
    for (StorePath path : paths) {
      tasks.put(path, new FutureTask<>(() -> offer(path, notes)));
    }
    List<Thread> threads =
        tasks.values().stream().map(t -> Thread.ofVirtual().name("narinfo").start(t)).toList();
    try {
      Map<StorePath, Offer> offers = new HashMap<>();
      for (Map.Entry<StorePath, FutureTask<Optional<Offer>>> task : tasks.entrySet()) {
        task.getValue().get().ifPresent(o -> offers.put(task.getKey(), o));
      }
      return offers;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  /** Asks for one path by the calling thread. */
  private Map<StorePath, Offer> alone(StorePath path, Consumer<String> notes)
      throws InterruptedException {
    Optional<Offer> offer = offer(path, notes);
    // Whoever is interrupted while a cache is asked gets no answer.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return offer.map(o -> Map.of(path, o)).orElseGet(Map::of);
  }

  private Optional<Offer> offer(StorePath path, Consumer<String> notes)
      throws InterruptedException {
    questions.acquire();
    try {
      for (Caches.Listed cache : caches.order(notes)) {
        Optional<NarInfo> info = infos.offer(cache, path, notes);
        if (info.isPresent()) {
          NarInfo i = info.get();
          return Optional.of(new Offer(path, i.references(), i.fileSize().orElse(0), i.narSize()));
        }
      }
      return Optional.empty();
    } finally {
      questions.release();
    }
  }

  /**
   * What a cache says of a path.
   *
   * @param cache the one that says it
   */
  record Said(Caches.Listed cache, NarInfo info) {}

  /** What the first cache that may be believed says of a path. */
  Optional<Said> said(StorePath path, Consumer<String> notes) {
    for (Caches.Listed cache : caches.order(notes)) {
      Optional<NarInfo> info = infos.believed(cache, path, notes);
      if (info.isPresent()) {
        return Optional.of(new Said(cache, info.get()));
      }
    }
    return Optional.empty();
  }

  /** Whether a cache answers at all. */
  boolean answers(Consumer<String> notes) {
    return !caches.order(notes).isEmpty();
  }

  @Override
  public Map<Store.RealisationId, Realised> realisation(
      Store.RealisationId id,
      Function<Store.RealisationId, Optional<StorePath>> known,
      Consumer<String> notes) {
    for (Caches.Listed cache : caches.order(notes)) {
      Realisations realisations =
          new Realisations(
              cache.files().url(),
              name -> caches.file(cache, name, MAX_REALISATION, notes),
              r -> infos.isBelieved(cache, r),
              text -> AskedCaches.warn(notes, text));
      Map<Store.RealisationId, Realised> found = realisations.closure(id, known);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return Map.of();
  }

  @Override
  public void fetch(StorePath path, Consumer<String> notes)
      throws IOException, InterruptedException {
    if (receive(path, true, notes) instanceof Arrival.Held held) {
      try (held) {
        commit(List.of(held));
      }
    }
  }

  /** An object that has come as a NAR. */
  private record Staged(StagedObject object) implements Arrival.Held {
    @Override
    public long memory() {
      return object.memory();
    }

    @Override
    public void close() throws IOException {
      object.close();
    }
  }

  @Override
  public void commit(List<Arrival.Held> held) throws IOException {
    store.commitSoon(held.stream().map(h -> ((Staged) h).object()).toList());
  }

  @Override
  public Arrival receive(StorePath path, boolean ready, Consumer<String> notes)
      throws IOException, InterruptedException {
    boolean gone = true;
    List<Caches.Listed> all = caches.order(notes);
    for (int i = 0; i < all.size(); i++) {
      Caches.Listed cache = all.get(i);
      Optional<NarInfo> info = infos.believed(cache, path, notes);
      if (info.isEmpty()) {
        continue;
      }
      try {
        Iterator<Caches.Listed> others = all.subList(i + 1, all.size()).iterator();
        return receive(cache, info.get(), ready, others, notes);
      } catch (IOException | FormatException | StoreException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        gone &= e instanceof NoSuchFileException;
        // It may have changed since; the next command asks again.
        caches.forget(cache, path);
        String from = "' from '" + cache.files().url() + "': ";
        AskedCaches.warn(notes, "cannot fetch '" + store.dir().print(path) + from + e.getMessage());
      }
    }
    String problem = "'" + store.dir().print(path) + "' can't be had from any of the substituters";
    throw gone ? new NoSuchFileException(problem) : new IOException(problem);
  }

  /**
   * Gets a path.
   *
   * @param others go on where the cache stops
   */
  private Arrival receive(
      Caches.Listed cache,
      NarInfo info,
      boolean ready,
      Iterator<Caches.Listed> others,
      Consumer<String> notes)
      throws IOException {
    boolean late = isLazy(cache, info);
    if (!ready && (late || comesByBlocks(info))) {
      return new Arrival.Later();
    }
    ForeignObject said = info.foreign();
    String from = "' from '" + cache.files().url() + "'";
    if (late && lazily(cache, said, info, notes)) {
      notes.accept("taking path '" + store.dir().print(info.path()) + from + " as it is read");
      return new Arrival.Valid();
    }
    notes.accept("copying path '" + store.dir().print(info.path()) + from + "...");
    if (comesByBlocks(info) && byBlocks(cache, said, info, notes)) {
      return new Arrival.Valid();
    }
    try (InputStream nar =
        new NarRelay(
            new NarFile(cache.files(), info).open(0),
            info.narSize(),
            (position, why) -> next(info, position, why, others, notes))) {
      return store.stageNar(said, nar).<Arrival>map(Staged::new).orElseGet(Arrival.Valid::new);
    }
  }

  /** The rest of a NAR from another cache that states the same content. */
  private Optional<InputStream> next(
      NarInfo first,
      long position,
      IOException why,
      Iterator<Caches.Listed> others,
      Consumer<String> notes) {
    while (others.hasNext()) {
      Caches.Listed cache = others.next();
      Optional<NarInfo> info =
          infos
              .believed(cache, first.path(), notes)
              .filter(i -> Arrays.equals(infos.fingerprint(i), infos.fingerprint(first)));
      if (info.isPresent()) {
        String what = "'" + store.dir().print(first.path()) + "'";
        try {
          InputStream rest = new NarFile(cache.files(), info.get()).open(position);
          AskedCaches.warn(
              notes,
              why.getMessage()
                  + "; "
                  + what
                  + " goes on at byte "
                  + position
                  + " from '"
                  + cache.files().url()
                  + "'");
          return Optional.of(rest);
        } catch (IOException e) {
          AskedCaches.warn(notes, "cannot go on with " + what + ": " + e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  private boolean isLazy(Caches.Listed cache, NarInfo info) {
    return options.lazy()
        && info.object().isPresent()
        && info.narSize() >= LEAST_BY_BLOCKS
        && infos.isBelievedObject(cache, info);
  }

  private boolean comesByBlocks(NarInfo info) {
    return info.object().isPresent() && info.narSize() >= LEAST_BY_BLOCKS && kin.has(info.path());
  }

  /**
   * Takes no more than what describes a path, where as many vouch for its blocks as must vouch for
   * its NAR: nothing that is read then can be other than what they have stated.
   *
   * @return whether it is there now
   */
  private boolean lazily(
      Caches.Listed cache, ForeignObject said, NarInfo info, Consumer<String> notes) {
    try {
      List<String> places =
          Stream.concat(Stream.of(cache), caches.order(notes).stream())
              .map(c -> c.files().url())
              .distinct()
              .toList();
      store.importLazily(
          said, info.object().get(), cid -> GatewayBlocks.get(cache.files(), cid), places);
      return true;
    } catch (IOException | FormatException | StoreException e) {
      if (!Thread.currentThread().isInterrupted()) {
        notes.accept(
            "'" + store.dir().print(info.path()) + "' comes as a whole: " + e.getMessage());
      }
      return false;
    }
  }

  /**
   * Fetches the blocks that are not here, where something of the same name is here: an older
   * version shares most of them. Otherwise a NAR, which is compressed and comes in one piece, is
   * better.
   *
   * @return whether it is there now
   */
  private boolean byBlocks(
      Caches.Listed cache, ForeignObject said, NarInfo info, Consumer<String> notes) {
    try {
      store.importBlocks(
          said,
          info.object().get(),
          cid -> GatewayBlocks.get(cache.files(), cid),
          info.narSize() / 2);
      return true;
    } catch (IOException | FormatException | StoreException e) {
      if (!Thread.currentThread().isInterrupted()) {
        notes.accept("'" + store.dir().print(info.path()) + "' comes as a NAR: " + e.getMessage());
      }
      return false;
    }
  }
}
