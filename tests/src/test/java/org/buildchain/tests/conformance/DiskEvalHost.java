package org.buildchain.tests.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.buildchain.derivation.ATerm;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.language.ControlSequences;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** The disk of this machine, a {@link FolderStore} in place of the store, and no builds. */
final class DiskEvalHost implements EvalHost {
  private final FolderStore store;
  private final Map<String, String> environment;
  private final List<Map.Entry<String, String>> searchPath;
  private final PrintStream messages;
  private final StoreDir dir = StoreDir.DEFAULT;

  DiskEvalHost(
      FolderStore store,
      Map<String, String> environment,
      List<Map.Entry<String, String>> searchPath,
      PrintStream messages) {
    this.store = store;
    this.environment = environment;
    this.searchPath = searchPath;
    this.messages = messages;
  }

  private Path file(String path) {
    Optional<StorePath> object = dir.containing(path);
    if (object.isPresent() && store.has(object.get())) {
      String own = dir.print(object.get());
      Path base = store.file(object.get());
      return path.length() == own.length()
          ? base
          : base.resolve(Octets.toText(path.substring(own.length() + 1)));
    }
    return Path.of(Octets.toText(path));
  }

  @Override
  public Optional<FileType> typeOf(String path) {
    Path p = file(path);
    return Files.exists(p, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(FolderStore.type(p))
        : Optional.empty();
  }

  @Override
  public String readLink(String path) throws IOException {
    return Octets.fromText(Files.readSymbolicLink(file(path)).toString());
  }

  @Override
  public String readFile(String path) throws IOException {
    return Octets.of(Files.readAllBytes(file(path)));
  }

  @Override
  public SortedMap<String, FileType> readDirectory(String path) throws IOException {
    SortedMap<String, FileType> out = new TreeMap<>();
    try (var entries = Files.list(file(path))) {
      entries.forEach(
          p -> out.put(Octets.fromText(p.getFileName().toString()), FolderStore.type(p)));
    }
    return out;
  }

  @Override
  public Optional<String> environment(String name) {
    return Optional.ofNullable(environment.get(name));
  }

  @Override
  public long currentTime() {
    return 1_700_000_000L;
  }

  @Override
  public String currentSystem() {
    return "x86_64-linux";
  }

  @Override
  public List<Map.Entry<String, String>> searchPath() {
    return searchPath;
  }

  @Override
  public StoreDir storeDir() {
    return dir;
  }

  @Override
  public boolean isValid(StorePath path) {
    return store.has(path);
  }

  @Override
  public SortedSet<StorePath> references(StorePath path) {
    return store.references(path);
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
    Path p = file(path);
    byte[] bytes =
        method == IngestionMethod.NAR ? FolderStore.nar(p, path, filter) : Files.readAllBytes(p);
    Hash hash = Hash.of(algorithm, bytes);
    if (expected.isPresent() && !expected.get().equals(hash)) {
      throw new IOException("store path mismatch: expected " + expected.get() + ", got " + hash);
    }
    StorePath object =
        dir.makeContentAddressed(name, new ContentAddress(method, hash), List.of(), false);
    store.addTree(object, p, path, filter);
    return object;
  }

  @Override
  public StorePath addText(String name, String content, SortedSet<StorePath> references)
      throws IOException {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes(content));
    StorePath path =
        dir.makeContentAddressed(
            name, new ContentAddress(IngestionMethod.TEXT, hash), references, false);
    store.addText(path, content, references);
    return path;
  }

  @Override
  public void addDerivation(OutputPaths.Finished derivation) throws IOException {
    Store.Text text = derivation.text();
    store.addText(derivation.path(), text.content(), text.references());
  }

  @Override
  public Derivation readDerivation(StorePath drvPath) throws IOException {
    String base = drvPath.name();
    return ATerm.parse(
        readFile(dir.print(drvPath)), base.substring(0, base.length() - ".drv".length()), dir);
  }

  @Override
  public Map<Wanted, StorePath> realise(Set<Wanted> wanted) {
    Wanted first = wanted.iterator().next();
    throw EvalException.other(
        "cannot build '"
            + dir.print(first.drvPath())
            + "^"
            + first.output()
            + "' during evaluation because the option 'allow-import-from-derivation' is disabled");
  }

  @Override
  public StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
      throws IOException {
    throw new IOException("nothing is fetched here: " + url);
  }

  @Override
  public void message(Level level, String text) {
    messages.writeBytes(Octets.bytes(ControlSequences.filter(level.shown(text), false) + "\n"));
  }

  @Override
  public boolean cancelled() {
    return false;
  }
}
