package org.buildchain.language.host;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.Registry;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * A world of which an expression may see a part only: the search path (not in pure mode) and store
 * paths that the evaluation itself made or fetched. Source: Nix manual, {@code restrict-eval},
 * {@code pure-eval}, {@code allowed-uris}. It is no sandbox against a hostile expression's builds;
 * those have their own.
 */
public final class AccessHost implements EvalHost {
  private final EvalHost host;
  private final EvalSettings.Access access;

  /** Store paths that may be read; they only grow, and what they hold never changes. */
  private final Set<StorePath> known = ConcurrentHashMap.newKeySet();

  /** Shows of {@code host} what {@code access} lets see. */
  public AccessHost(EvalHost host, EvalSettings.Access access) {
    this.host = host;
    this.access = access;
  }

  private StorePath allow(StorePath path) {
    known.add(path);
    return path;
  }

  private String check(String path) {
    if (!allowed(path)) {
      throw new EvalException(
          EvalException.Kind.RESTRICTED,
          Pos.NONE,
          "access to absolute path '"
              + path
              + "' is forbidden "
              + (access.pure()
                  ? "in pure evaluation mode (use '--impure' to override)"
                  : "in restricted mode"));
    }
    return path;
  }

  /** Whether a path, something above it or something below it may be read. */
  private boolean allowed(String path) {
    Optional<StorePath> in = storeDir().containing(path);
    if (in.isPresent()
        ? known.contains(in.get())
        : above(path, storeDir().path()) && !known.isEmpty()) {
      return true;
    }
    return searchPath().stream()
        .map(Map.Entry::getValue)
        .filter(p -> p.startsWith("/"))
        .map(Paths::canonical)
        .anyMatch(p -> above(p, path) || above(path, p));
  }

  private static boolean above(String upper, String lower) {
    return lower.equals(upper) || lower.startsWith(upper.equals("/") ? upper : upper + "/");
  }

  private void checkUri(String uri) {
    if (!access.restricted() || access.allowedUris().stream().anyMatch(p -> matches(uri, p))) {
      return;
    }
    if (uri.startsWith("/")) {
      check(Paths.canonical(uri));
    } else if (uri.startsWith("file://")) {
      check(Paths.canonical(uri.substring("file://".length())));
    } else {
      throw new EvalException(
          EvalException.Kind.RESTRICTED,
          Pos.NONE,
          "access to URI '" + uri + "' is forbidden in restricted mode");
    }
  }

  /** A prefix ends at a slash, or is a whole scheme: {@code https://a.b} is not {@code a.bc}. */
  private static boolean matches(String uri, String prefix) {
    return uri.equals(prefix)
        || (!prefix.isEmpty()
            && uri.startsWith(prefix)
            && (prefix.endsWith("/")
                || uri.charAt(prefix.length()) == '/'
                || prefix.matches("[a-z][a-z0-9+.-]*:")));
  }

  @Override
  public Optional<FileType> typeOf(String path) throws IOException {
    return host.typeOf(check(path));
  }

  @Override
  public String readLink(String path) throws IOException {
    return host.readLink(check(path));
  }

  @Override
  public String readFile(String path) throws IOException {
    return host.readFile(check(path));
  }

  @Override
  public SortedMap<String, FileType> readDirectory(String path) throws IOException {
    SortedMap<String, FileType> entries = host.readDirectory(check(path));
    entries.keySet().removeIf(name -> !allowed(path.equals("/") ? "/" + name : path + "/" + name));
    return entries;
  }

  @Override
  public Optional<Object> stamp(String path, boolean follow) throws IOException {
    return host.stamp(path, follow);
  }

  @Override
  public Optional<String> environment(String name) {
    return host.environment(name);
  }

  @Override
  public long currentTime() {
    return host.currentTime();
  }

  @Override
  public String currentSystem() {
    return host.currentSystem();
  }

  @Override
  public List<Map.Entry<String, String>> searchPath() {
    return access.pure() ? List.of() : host.searchPath();
  }

  @Override
  public String folder() {
    return host.folder();
  }

  @Override
  public StoreDir storeDir() {
    return host.storeDir();
  }

  @Override
  public boolean isValid(StorePath path) {
    return host.isValid(path);
  }

  @Override
  public boolean readOnly() {
    return host.readOnly();
  }

  @Override
  public SortedSet<StorePath> references(StorePath path) {
    return host.references(path);
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
    return allow(host.addPath(name, check(path), filter, method, algorithm, expected));
  }

  @Override
  public StorePath addText(String name, String content, SortedSet<StorePath> references)
      throws IOException {
    return allow(host.addText(name, content, references));
  }

  @Override
  public void addDerivation(OutputPaths.Finished derivation) throws IOException {
    host.addDerivation(derivation);
  }

  @Override
  public Derivation readDerivation(StorePath drvPath) throws IOException {
    return host.readDerivation(drvPath);
  }

  @Override
  public Map<Wanted, StorePath> realise(Set<Wanted> wanted) {
    Map<Wanted, StorePath> outputs = host.realise(wanted);
    outputs.values().forEach(this::allow);
    return outputs;
  }

  @Override
  public StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
      throws IOException {
    checkUri(url);
    return allow(host.fetch(url, name, unpack, expected));
  }

  @Override
  public FetchedTree fetchTree(Input input) throws IOException {
    checkUri(input.toUrl());
    FetchedTree tree = host.fetchTree(input);
    allow(tree.path());
    return tree;
  }

  @Override
  public Closures closures() {
    return host.closures();
  }

  @Override
  public boolean isContentAddressed(StorePath path) {
    return host.isContentAddressed(path);
  }

  @Override
  public Registry.Resolved resolve(Input reference) throws IOException {
    return host.resolve(reference);
  }

  @Override
  public LockState lockState(Input tree) {
    return host.lockState(tree);
  }

  @Override
  public void message(Level level, String text) {
    host.message(level, text);
  }

  @Override
  public boolean cancelled() {
    return host.cancelled();
  }
}
