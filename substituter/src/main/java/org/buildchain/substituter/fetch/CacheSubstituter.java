package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.buildchain.derivation.realise.Arrival;
import org.buildchain.derivation.realise.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.disk.StagedObject;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.narinfo.NarInfoReader;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.ObjectFingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.worker.Realisation;

/** The caches of one command. A cache that lies, stalls or has nothing is left for the next. */
final class CacheSubstituter implements Substituter {
  private static final int QUESTIONS = 32;

  /** A smaller NAR costs less than the questions for its blocks. */
  private static final long LEAST_BY_BLOCKS = 32 << 10;

  private static final int MAX_CACHE_INFO = 1 << 16;
  private static final int MAX_REALISATION = 1 << 20;

  private final List<Caches.Listed> listed;
  private final Caches.Options options;
  private final DiskStore store;
  private final Memory memory;
  private final Kin kin;
  private final Semaphore questions = new Semaphore(QUESTIONS);

  /** Caches that don't answer: they are not asked again by this command. */
  private final Set<String> silent = ConcurrentHashMap.newKeySet();

  private record Asked(String cache, StorePath path) {}

  /** What was believed of paths that are still to be fetched: to judge takes as long as to ask. */
  private final Map<Asked, NarInfo> offered = new ConcurrentHashMap<>();

  /** What is known to be addressed by its content alone. */
  private final Map<StorePath, ContentAddress> addresses = new ConcurrentHashMap<>();

  private Optional<List<Caches.Listed>> ordered = Optional.empty();

  CacheSubstituter(
      List<Caches.Listed> listed, Caches.Options options, DiskStore store, Memory memory) {
    this.listed = listed;
    this.options = options;
    this.store = store;
    this.memory = memory;
    this.kin = new Kin(store);
  }

  @Override
  public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes)
      throws InterruptedException {
    order(notes);
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

  private Optional<Offer> offer(StorePath path, Consumer<String> notes)
      throws InterruptedException {
    questions.acquire();
    try {
      for (Caches.Listed cache : order(notes)) {
        Optional<NarInfo> info = judge(cache, path, notes);
        if (info.isPresent()) {
          NarInfo i = info.get();
          offered.put(new Asked(cache.files().url(), path), i);
          return Optional.of(new Offer(path, i.references(), i.fileSize().orElse(0), i.narSize()));
        }
      }
      return Optional.empty();
    } finally {
      questions.release();
    }
  }

  /** The caches that are for this store, by priority. */
  private synchronized List<Caches.Listed> order(Consumer<String> notes) {
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

  @Override
  public void address(StorePath path, ContentAddress address) {
    addresses.put(path, address);
  }

  /** The store folder that a cache is for. */
  private StoreDir dir(Caches.Listed cache) {
    return cache.dir().orElse(store.dir());
  }

  /** What a cache calls a path; for another store folder that follows from its content alone. */
  private Optional<StorePath> there(Caches.Listed cache, StorePath path) {
    StoreDir dir = dir(cache);
    return dir.equals(store.dir())
        ? Optional.of(path)
        : Optional.ofNullable(addresses.get(path))
            .map(a -> dir.makeContentAddressed(path.name(), a, Set.of(), false));
  }

  /** What a cache says of a path. */
  private Optional<NarInfo> ask(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<StorePath> there = there(cache, path);
    Optional<NarInfo> info = there.flatMap(p -> askThere(cache, p, notes));
    if (info.isEmpty() || there.get().equals(path)) {
      return info;
    }
    return info.filter(i -> i.references().isEmpty())
        .filter(i -> i.contentAddress().equals(Optional.of(addresses.get(path))))
        .map(i -> i.calledHere(path));
  }

  private Optional<NarInfo> askThere(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<byte[]> text = file(cache, name(path), NarInfoReader.MAX_BYTES, notes);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String what = "'" + name(path) + "' of '" + cache.files().url() + "'";
    NarInfo info;
    try {
      info = NarInfoReader.read(what, dir(cache), text.get());
    } catch (FormatException e) {
      warn(notes, e.getMessage());
      return Optional.empty();
    }
    if (!info.path().equals(path)) {
      warn(notes, what + " is about '" + dir(cache).print(info.path()) + "'");
      return Optional.empty();
    }
    return Optional.of(info);
  }

  /** What a cache says of a path, if that may be believed. */
  private Optional<NarInfo> believed(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Asked key = new Asked(cache.files().url(), path);
    Optional<NarInfo> before = Optional.ofNullable(offered.remove(key));
    return before.isPresent() ? before : judge(cache, path, notes);
  }

  private Optional<NarInfo> judge(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<NarInfo> info = ask(cache, path, notes);
    if (info.isEmpty() || !options.requireSignatures() || cache.trusted()) {
      return info;
    }
    // A content address is enough: the content is held to it.
    if (info.get().contentAddress().isPresent()) {
      return info;
    }
    int signers = signers(cache, info.get(), notes);
    if (signers >= options.signatures()) {
      return info;
    }
    String why =
        options.signatures() == 1
            ? "it's not signed by any of the keys in 'trusted-public-keys'"
            : signers
                + " of the keys in 'trusted-public-keys' vouch for it, and "
                + options.signatures()
                + " must";
    warn(
        notes,
        "ignoring substitute for '"
            + store.dir().print(path)
            + "' from '"
            + cache.files().url()
            + "', as "
            + why);
    return Optional.empty();
  }

  /** How many keys vouch for just this content; other caches are asked if this one's don't do. */
  private int signers(Caches.Listed cache, NarInfo info, Consumer<String> notes) {
    byte[] content = fingerprint(info);
    Set<String> signers = new HashSet<>(signers(info.signatures(), content));
    if (signers.size() < options.signatures() && options.signatures() > 1) {
      for (Caches.Listed other : order(notes)) {
        if (other != cache) {
          ask(other, info.path(), notes)
              .filter(i -> Arrays.equals(fingerprint(i), content))
              .ifPresent(i -> signers.addAll(signers(i.signatures(), content)));
        }
      }
    }
    return signers.size();
  }

  private Fingerprint text(NarInfo i) {
    return new Fingerprint(store.dir(), i.path(), i.narHash(), i.narSize(), i.references());
  }

  private byte[] fingerprint(NarInfo i) {
    return text(i).bytes();
  }

  private Set<String> signers(List<String> signatures, byte[] content) {
    return options.trusted().stream()
        .filter(k -> signatures.stream().anyMatch(s -> k.verifies(s, content)))
        .map(PublicKey::base64)
        .collect(Collectors.toSet());
  }

  @Override
  public Map<Store.RealisationId, Realised> realisation(
      Store.RealisationId id,
      Function<Store.RealisationId, Optional<StorePath>> known,
      Consumer<String> notes) {
    for (Caches.Listed cache : order(notes)) {
      Realisations realisations =
          new Realisations(
              cache.files().url(),
              name -> file(cache, name, MAX_REALISATION, notes),
              r -> isBelieved(cache, r),
              text -> warn(notes, text));
      Map<Store.RealisationId, Realised> found = realisations.closure(id, known);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return Map.of();
  }

  /** Nothing but a signature tells that a realisation is right. */
  private boolean isBelieved(Caches.Listed cache, Realisation realisation) {
    return !options.requireSignatures()
        || cache.trusted()
        || signers(List.copyOf(realisation.signatures()), realisation.fingerprint()).size()
            >= options.signatures();
  }

  private static String name(StorePath path) {
    return path.hashPart() + ".narinfo";
  }

  /** A small file, from memory or the cache. */
  private Optional<byte[]> file(
      Caches.Listed cache, String name, int most, Consumer<String> notes) {
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
    store.commit(held.stream().map(h -> ((Staged) h).object()).toList());
  }

  @Override
  public Arrival receive(StorePath path, boolean ready, Consumer<String> notes)
      throws IOException, InterruptedException {
    boolean gone = true;
    List<Caches.Listed> all = order(notes);
    for (int i = 0; i < all.size(); i++) {
      Caches.Listed cache = all.get(i);
      Optional<NarInfo> info = believed(cache, path, notes);
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
        there(cache, path).ifPresent(p -> memory.forget(cache.files().url(), name(p)));
        String from = "' from '" + cache.files().url() + "': ";
        warn(notes, "cannot fetch '" + store.dir().print(path) + from + e.getMessage());
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
    ForeignObject said =
        new ForeignObject(
            info.path(),
            info.narHash(),
            info.narSize(),
            info.references(),
            info.deriver(),
            new TreeSet<>(info.signatures()),
            info.contentAddress());
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
          believed(cache, first.path(), notes)
              .filter(i -> Arrays.equals(fingerprint(i), fingerprint(first)));
      if (info.isPresent()) {
        String what = "'" + store.dir().print(first.path()) + "'";
        try {
          InputStream rest = new NarFile(cache.files(), info.get()).open(position);
          warn(
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
          warn(notes, "cannot go on with " + what + ": " + e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  private boolean isLazy(Caches.Listed cache, NarInfo info) {
    return options.lazy()
        && info.object().isPresent()
        && info.narSize() >= LEAST_BY_BLOCKS
        && believedObject(cache, info);
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
          Stream.concat(Stream.of(cache), order(notes).stream())
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

  private boolean believedObject(Caches.Listed cache, NarInfo info) {
    if (!options.requireSignatures() || cache.trusted()) {
      return true;
    }
    byte[] content = new ObjectFingerprint(text(info), info.object().get()).bytes();
    return signers(info.objectSignatures(), content).size() >= options.signatures();
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

  private static void warn(Consumer<String> notes, String text) {
    notes.accept("warning: " + text);
  }
}
