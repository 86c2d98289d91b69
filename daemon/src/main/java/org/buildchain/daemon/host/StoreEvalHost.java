package org.buildchain.daemon.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.buildchain.daemon.host.file.Denied;
import org.buildchain.daemon.host.file.FilteredTree;
import org.buildchain.daemon.host.file.HostFiles;
import org.buildchain.daemon.host.file.StoreFiles;
import org.buildchain.derivation.ATerm;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.Registry;
import org.buildchain.language.flake.LockNeeded;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;

/**
 * The world of one command's evaluation: the machine's files, the store, the caller's environment.
 * Derivations and texts are written in large durable steps; whoever hands out or builds one of them
 * calls {@link #flush} first.
 */
public final class StoreEvalHost implements EvalHost {
  /**
   * What the host is made of.
   *
   * @param folder the caller's
   * @param realiser builds outputs; what they need has been flushed
   * @param closures takes closures from binary caches
   * @param locks writes lock files
   * @param messages takes lines for the user
   * @param cancelled whether the caller has gone away
   * @param readOnly whether what an evaluation adds to the store is computed but not written,
   *     unless the evaluation itself reads it
   */
  public record Parts(
      Store store,
      Map<String, String> environment,
      List<Map.Entry<String, String>> searchPath,
      String folder,
      String system,
      long now,
      Function<Set<Wanted>, Map<Wanted, StorePath>> realiser,
      FetchFunction fetch,
      Closures closures,
      LockFiles locks,
      MessageSink messages,
      BooleanSupplier cancelled,
      boolean readOnly) {
    /** Without what a caller waits for. */
    Parts silent() {
      return new Parts(
          store,
          environment,
          searchPath,
          folder,
          system,
          now,
          wanted -> {
            throw EvalException.other("nothing is built here");
          },
          (url, name, unpack, expected) -> {
            throw new IOException("nothing is fetched here: " + url);
          },
          Closures.NONE,
          new LockFiles(environment, store.dir(), "", text -> {}, () -> false),
          (level, text) -> {},
          () -> false,
          readOnly);
    }
  }

  /** Fetches a URL, see {@link EvalHost#fetch}. */
  @FunctionalInterface
  public interface FetchFunction {
    StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
        throws IOException;

    /** See {@link EvalHost#fetchTree}. */
    default FetchedTree fetchTree(Input input) throws IOException {
      throw new IOException("nothing is fetched here: " + input.toUrl());
    }

    /** See {@link EvalHost#resolve}. */
    default Registry.Resolved resolve(Input reference) throws IOException {
      return Registry.resolve(List.of(), () -> Registry.EMPTY, reference);
    }
  }

  /** Takes lines for the user, octet strings. */
  @FunctionalInterface
  public interface MessageSink {
    void message(Level level, String text);
  }

  /** Bytes; a file that is not longer waits in memory until it is stored. */
  private static final int SMALL = 1 << 16;

  private final Parts parts;
  private final StoreFiles files;
  private final PendingAdditions pending;
  private final Map<StorePath, Addition> trees = new ConcurrentHashMap<>();
  private final Map<StorePath, Derivation> derivations = new ConcurrentHashMap<>();

  // How many lines the user was told, and how many of the first are not to be told again.
  private final AtomicInteger messages = new AtomicInteger();
  private final int silent;

  /** The world of a command that begins. */
  public StoreEvalHost(Parts parts) {
    this(parts, 0);
  }

  private StoreEvalHost(Parts parts, int silent) {
    this.parts = parts;
    this.silent = silent;
    this.files = new StoreFiles(parts.store());
    this.pending = new PendingAdditions(parts.store(), !parts.readOnly());
  }

  /**
   * The same world for a repetition of the evaluation so far, which says the same and is not heard
   * twice.
   */
  public StoreEvalHost saidBefore() {
    return new StoreEvalHost(parts, messages.get());
  }

  /** The same world for one who looks later whether it is still so, and only looks. */
  public StoreEvalHost forLater() {
    return new StoreEvalHost(parts.silent());
  }

  /** A tree that is added only when somebody reads it. */
  @FunctionalInterface
  private interface Addition {
    StorePath run() throws IOException;
  }

  /** Writes what waits, unless nothing is to be written. */
  public void flush() throws IOException {
    if (!parts.readOnly()) {
      pending.flush();
    }
  }

  /** The object of the store that holds {@code path}, with what waits for it written. */
  private Optional<StorePath> object(String path) throws IOException {
    Optional<StorePath> in = storeDir().containing(path);
    if (in.isPresent() && pending.holds(in.get())) {
      pending.flush();
    }
    Addition tree = in.isPresent() ? trees.remove(in.get()) : null;
    if (tree != null) {
      tree.run();
    }
    // A store folder that the machine's own Nix fills is read like any other folder.
    return in.filter(parts.store()::isValid);
  }

  @Override
  public Optional<FileType> typeOf(String path) throws IOException {
    Optional<StorePath> in = object(path);
    return in.isPresent() ? files.typeOf(in.get(), path) : HostFiles.typeOf(path);
  }

  @Override
  public String readLink(String path) throws IOException {
    Optional<StorePath> in = object(path);
    return in.isPresent() ? files.readLink(in.get(), path) : HostFiles.readLink(path);
  }

  @Override
  public String readFile(String path) throws IOException {
    Optional<StorePath> in = object(path);
    return in.isPresent() ? files.readFile(in.get(), path) : HostFiles.readFile(path);
  }

  @Override
  public SortedMap<String, FileType> readDirectory(String path) throws IOException {
    Optional<StorePath> in = object(path);
    return in.isPresent() ? files.readDirectory(in.get(), path) : HostFiles.readDirectory(path);
  }

  @Override
  public Optional<Object> stamp(String path, boolean follow) throws IOException {
    Optional<StorePath> in = object(path);
    // What is valid does not change.
    return in.isPresent() ? Optional.of(in.get()) : HostFiles.stamp(path, follow);
  }

  @Override
  public Optional<Stamps> stamps(List<Place> places) {
    return HostFiles.stamps(places, path -> storeDir().containing(path).isEmpty());
  }

  @Override
  public boolean isKept(StorePath added) {
    // What is damaged is added again, which mends it.
    return parts.readOnly()
        || pending.holds(added)
        || trees.containsKey(added)
        || parts.store().holds(added);
  }

  @Override
  public Optional<String> environment(String name) {
    return Optional.ofNullable(parts.environment().get(name));
  }

  @Override
  public long currentTime() {
    return parts.now();
  }

  @Override
  public String currentSystem() {
    return parts.system();
  }

  @Override
  public List<Map.Entry<String, String>> searchPath() {
    return parts.searchPath();
  }

  @Override
  public String folder() {
    return parts.folder();
  }

  @Override
  public StoreDir storeDir() {
    return parts.store().dir();
  }

  @Override
  public boolean isValid(StorePath path) {
    return pending.holds(path) || trees.containsKey(path) || parts.store().isValid(path);
  }

  @Override
  public boolean readOnly() {
    return parts.readOnly();
  }

  @Override
  public SortedSet<StorePath> references(StorePath path) {
    Optional<Store.Text> p = pending.text(path);
    return p.isPresent()
        ? p.get().references()
        : trees.containsKey(path) || pending.holds(path)
            ? Collections.emptySortedSet()
            : parts
                .store()
                .query(path)
                .orElseThrow(
                    () ->
                        new org.buildchain.store.StoreException(
                            "path '" + storeDir().print(path) + "' is not valid"))
                .references();
  }

  @Override
  public StorePath addPath(
      String name,
      String path,
      Filter filter,
      IngestionMethod method,
      HashAlgorithm algorithm,
      Optional<Hash> expected)
      throws IOException {
    try {
      return added(name, path, filter, method, algorithm);
    } catch (AccessDeniedException e) {
      throw Denied.of(e);
    }
  }

  private StorePath added(
      String name, String path, Filter filter, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    Optional<StorePath> in = object(path);
    FileTree filtered =
        in.isPresent()
            ? FilteredTree.of(files.tree(in.get(), path), path, filter)
            : filter == Filter.ALL
                ? DiskTree.of(path)
                : DiskTree.of(path, (p, type) -> filter.accept(p, HostFiles.typeOf(type)));
    if (!parts.readOnly()) {
      return filtered instanceof FileTree.Regular f && f.size() <= SMALL
          ? addSmall(name, f, method, algorithm)
          : parts.store().addTree(name, filtered, method, algorithm);
    }
    StorePath computed = parts.store().treePath(name, filtered, method, algorithm);
    trees.put(computed, () -> parts.store().addTree(name, filtered, method, algorithm));
    return computed;
  }

  /** A file that waits in memory, so that it costs no sync of its own. */
  private StorePath addSmall(
      String name, FileTree.Regular file, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    byte[] content;
    try (InputStream in = file.open()) {
      content = in.readAllBytes();
    }
    // A flat address is of the content alone.
    FileTree held = new MemoryFile(content, method != IngestionMethod.FLAT && file.executable());
    Hash hash = parts.store().contentHash(held, method, algorithm, Optional.empty());
    ContentAddress address = new ContentAddress(method, hash);
    StorePath path = storeDir().makeContentAddressed(name, address, List.of(), false);
    if (!parts.store().holds(path)) {
      pending.add(
          new NewObject(path, held, Set.of(), Optional.empty(), false, Optional.of(address)));
    }
    return path;
  }

  @Override
  public StorePath addText(String name, String content, SortedSet<StorePath> references) {
    Store.Text text = new Store.Text(name, content, references);
    StorePath path = parts.store().textPath(text);
    add(path, text);
    return path;
  }

  @Override
  public void addDerivation(OutputPaths.Finished derivation) {
    add(derivation.path(), derivation.text());
  }

  private void add(StorePath path, Store.Text text) {
    if (!parts.store().holds(path)) {
      pending.add(path, text);
    }
  }

  @Override
  public Derivation readDerivation(StorePath drvPath) throws IOException {
    Derivation known = derivations.get(drvPath);
    if (known == null) {
      Optional<Store.Text> waiting = pending.text(drvPath);
      String text =
          waiting.isPresent() ? waiting.get().content() : readFile(storeDir().print(drvPath));
      known = ATerm.parse(text, Derivation.nameOf(drvPath), storeDir());
      derivations.put(drvPath, known);
    }
    return known;
  }

  @Override
  public Map<Wanted, StorePath> realise(Set<Wanted> wanted) {
    if (parts.readOnly()) {
      // Its inputs may be known from an earlier command, which wrote nothing either.
      for (Wanted w : wanted) {
        if (!parts.store().isValid(w.drvPath())) {
          throw EvalException.other("path '" + storeDir().print(w.drvPath()) + "' is not valid");
        }
      }
    }
    try {
      for (Addition tree : List.copyOf(trees.values())) {
        tree.run();
      }
      pending.flush();
    } catch (IOException e) {
      throw new org.buildchain.store.StoreException(
          "cannot write derivations: " + e.getMessage(), e);
    }
    return parts.realiser().apply(wanted);
  }

  @Override
  public StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
      throws IOException {
    return parts.fetch().fetch(url, name, unpack, expected);
  }

  @Override
  public FetchedTree fetchTree(Input input) throws IOException {
    return parts.fetch().fetchTree(input);
  }

  @Override
  public Closures closures() {
    return parts.closures();
  }

  @Override
  public boolean isContentAddressed(StorePath path) {
    // What waits to be written was addressed by its content.
    return pending.holds(path)
        || trees.containsKey(path)
        || parts.store().query(path).flatMap(PathInfo::contentAddress).isPresent();
  }

  @Override
  public Registry.Resolved resolve(Input reference) throws IOException {
    return parts.fetch().resolve(reference);
  }

  @Override
  public LockState lockState(Input tree) {
    return parts.locks().state(tree);
  }

  /** Writes a lock file that an evaluation needs. */
  public void writeLock(LockNeeded.Change change) throws IOException {
    parts.locks().write(change);
  }

  @Override
  public void message(Level level, String text) {
    if (messages.incrementAndGet() > silent) {
      parts.messages().message(level, text);
    }
  }

  @Override
  public boolean cancelled() {
    return parts.cancelled().getAsBoolean();
  }
}
