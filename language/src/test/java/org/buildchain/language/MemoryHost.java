package org.buildchain.language;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** A world of a few files in memory. Nothing is copied, built or fetched. */
public final class MemoryHost implements EvalHost {
  private final Map<String, String> files = new ConcurrentHashMap<>();
  private final Map<String, Object> stamps = new ConcurrentHashMap<>();
  private final Map<String, String> environment = new ConcurrentHashMap<>(Map.of("HOME", "/root"));
  private final List<String> texts = Collections.synchronizedList(new ArrayList<>());
  private final Set<StorePath> valid = ConcurrentHashMap.newKeySet();
  private final Map<StorePath, Derivation> derivations = new ConcurrentHashMap<>();
  private final List<String> messages = Collections.synchronizedList(new ArrayList<>());
  private final List<Map.Entry<String, String>> searchPath =
      Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong asked = new AtomicLong();
  private volatile boolean cancelled;

  /** Adds a file, or puts it in another's place. */
  public MemoryHost file(String path, String text) {
    stamps.put(path, changes.incrementAndGet());
    files.put(path, text);
    return this;
  }

  /** Adds an entry to the search path. */
  public MemoryHost search(String prefix, String path) {
    searchPath.add(Map.entry(prefix, path));
    return this;
  }

  /** Removes a file. */
  public void remove(String path) {
    stamps.remove(path);
    files.remove(path);
  }

  /** Sets a variable. */
  public void set(String name, String value) {
    environment.put(name, value);
  }

  /** How many objects are in the store. */
  public int added() {
    return valid.size();
  }

  /** What was added to the store is there no more. */
  public void clearStore() {
    valid.clear();
  }

  /** The names of the texts that were stored, in order. */
  public List<String> texts() {
    return texts;
  }

  @Override
  public Optional<Object> stamp(String path, boolean follow) {
    asked.incrementAndGet();
    return Optional.ofNullable(stamps.get(path));
  }

  /** How often a single stamp was asked for. */
  public long asked() {
    return asked.get();
  }

  @Override
  public Optional<Stamps> stamps(List<Place> places) {
    return Optional.of(new MemoryStamps(places));
  }

  private final class MemoryStamps implements Stamps {
    private final List<Place> places;
    private final List<Optional<Object>> taken;
    private final BitSet ignored = new BitSet();

    MemoryStamps(List<Place> places) {
      this.places = places;
      this.taken = now();
    }

    private List<Optional<Object>> now() {
      return places.stream().map(p -> Optional.ofNullable(stamps.get(p.path()))).toList();
    }

    @Override
    public boolean tells(int place) {
      return taken.get(place).isPresent() || typeOf(places.get(place).path()).isEmpty();
    }

    @Override
    public void ignore(int place) {
      ignored.set(place);
    }

    @Override
    public BitSet differing() {
      BitSet differing = new BitSet();
      List<Optional<Object>> now = now();
      for (int i = 0; i < now.size(); i++) {
        differing.set(i, !ignored.get(i) && !now.get(i).equals(taken.get(i)));
      }
      return differing;
    }
  }

  /** From now on the caller has gone away. */
  public void cancel() {
    cancelled = true;
  }

  /** What was traced and warned of. */
  public List<String> messages() {
    return messages;
  }

  @Override
  public Optional<FileType> typeOf(String path) {
    if (files.containsKey(path)) {
      return Optional.of(FileType.REGULAR);
    }
    String folder = path.equals("/") ? path : path + "/";
    return path.equals("/") || files.keySet().stream().anyMatch(f -> f.startsWith(folder))
        ? Optional.of(FileType.DIRECTORY)
        : Optional.empty();
  }

  @Override
  public String readLink(String path) throws IOException {
    throw new IOException(path + " is no link");
  }

  @Override
  public String readFile(String path) throws IOException {
    String text = files.get(path);
    if (text == null) {
      throw new NoSuchFileException(path);
    }
    return text;
  }

  @Override
  public SortedMap<String, FileType> readDirectory(String path) throws IOException {
    throw new NoSuchFileException(path);
  }

  @Override
  public Optional<String> environment(String name) {
    return Optional.ofNullable(environment.get(name));
  }

  @Override
  public long currentTime() {
    return 0;
  }

  @Override
  public String currentSystem() {
    return "x86_64-linux";
  }

  @Override
  public List<Map.Entry<String, String>> searchPath() {
    return List.copyOf(searchPath);
  }

  @Override
  public StoreDir storeDir() {
    return StoreDir.DEFAULT;
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public boolean isValid(StorePath path) {
    return valid.contains(path);
  }

  @Override
  public SortedSet<StorePath> references(StorePath path) {
    return new TreeSet<>();
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
    if (!filter.accept(path, FileType.REGULAR)) {
      throw new NoSuchFileException(path);
    }
    StorePath stored =
        storeDir()
            .makeContentAddressed(
                name,
                new ContentAddress(method, Hash.of(algorithm, Octets.bytes(readFile(path)))),
                List.of(),
                false);
    valid.add(stored);
    return stored;
  }

  @Override
  public StorePath addText(String name, String content, SortedSet<StorePath> references) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes(content));
    texts.add(name);
    StorePath path =
        storeDir()
            .makeContentAddressed(
                name, new ContentAddress(IngestionMethod.TEXT, hash), references, false);
    valid.add(path);
    return path;
  }

  @Override
  public void addDerivation(OutputPaths.Finished derivation) {
    derivations.put(derivation.path(), derivation.derivation());
  }

  @Override
  public Derivation readDerivation(StorePath drvPath) throws IOException {
    Derivation known = derivations.get(drvPath);
    if (known == null) {
      throw new NoSuchFileException(drvPath.toString());
    }
    return known;
  }

  @Override
  public Map<Wanted, StorePath> realise(Set<Wanted> wanted) {
    return Map.of();
  }

  @Override
  public StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
      throws IOException {
    throw new IOException("no network");
  }

  @Override
  public void message(Level level, String text) {
    messages.add(level + " " + text);
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }
}
