package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.disk.ContentAddressing;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;

/**
 * Closures in one binary cache, for whoever names the cache in an expression. Messages are Nix's.
 */
public final class CacheClosures {
  private final String url;
  private final CacheSubstituter all;
  private final Substituter believed;
  private final DiskStore store;

  /**
   * @param all offers what the cache has
   * @param believed offers what may be believed of that
   */
  CacheClosures(String url, CacheSubstituter all, Substituter believed, DiskStore store) {
    this.url = url;
    this.all = all;
    this.believed = believed;
    this.store = store;
  }

  /**
   * Finds that a path could be copied from the cache, with all that it refers to and that is not
   * here.
   *
   * @throws IOException if not, with the reason
   */
  public void requireTrusted(StorePath path, Consumer<String> notes)
      throws IOException, InterruptedException {
    Set<StorePath> missing = new LinkedHashSet<>(ordered(path, notes));
    missing.removeIf(store::isValid);
    Set<StorePath> trusted = believed.query(missing, note -> {}).keySet();
    for (StorePath p : missing) {
      if (!trusted.contains(p)) {
        throw new IOException(
            "cannot add path '"
                + store.dir().print(p)
                + "' because it lacks a signature by a trusted key");
      }
    }
  }

  /**
   * Stores a path of the cache, and all that it refers to, addressed by their content: references
   * to other paths are replaced by references to what those became. That follows from the content
   * alone, so no signatures are needed.
   *
   * @param folder for temporary files
   * @return what the path became
   * @throws IOException if the cache lacks some of it, or has other content than it states
   */
  public StorePath addressByContent(StorePath path, Path folder, Consumer<String> notes)
      throws IOException, InterruptedException {
    Map<StorePath, StorePath> moved = new HashMap<>();
    for (StorePath p : ordered(path, notes)) {
      CacheSubstituter.Said said = all.said(p, notes).orElseThrow(() -> invalid(p));
      try (InputStream nar = nar(said);
          ContentAddressing addressing =
              new ContentAddressing(store, folder, said.info().foreign(), nar, moved)) {
        StorePath to = addressing.path();
        notes.accept("rewriting '" + store.dir().print(p) + "' to '" + store.dir().print(to) + "'");
        addressing.store();
        moved.put(p, to);
      }
    }
    return moved.get(path);
  }

  /**
   * What the cache states of a path, signatures among it, if it has it. Nothing of that is checked.
   *
   * @throws IOException if the cache does not answer
   */
  public Optional<ForeignObject> stated(StorePath path, Consumer<String> notes)
      throws IOException, InterruptedException {
    requireAnswers();
    return all.said(path, notes).map(said -> said.info().foreign());
  }

  private InputStream nar(CacheSubstituter.Said said) throws IOException {
    try {
      return new NarFile(said.cache().files(), said.info()).open(0);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "file '" + said.info().url() + "' does not exist in binary cache '" + url + "'", e);
    }
  }

  /** A path's closure, each after those that it refers to. */
  private List<StorePath> ordered(StorePath path, Consumer<String> notes)
      throws IOException, InterruptedException {
    requireAnswers();
    Map<StorePath, Set<StorePath>> references = references(path, notes);
    List<StorePath> order = new ArrayList<>();
    Set<StorePath> seen = new HashSet<>();
    for (StorePath p : references.keySet()) {
      visit(p, references, seen, order);
    }
    return order;
  }

  private static void visit(
      StorePath path,
      Map<StorePath, Set<StorePath>> references,
      Set<StorePath> seen,
      List<StorePath> order) {
    if (seen.add(path)) {
      for (StorePath r : references.get(path)) {
        visit(r, references, seen, order);
      }
      order.add(path);
    }
  }

  private void requireAnswers() throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    if (!all.answers(problems::add)) {
      throw new IOException(
          problems.isEmpty()
              ? "'" + url + "' does not appear to be a binary cache"
              : problems.getLast().replaceFirst("^warning: ", ""));
    }
  }

  private Map<StorePath, Set<StorePath>> references(StorePath path, Consumer<String> notes)
      throws IOException, InterruptedException {
    Map<StorePath, Set<StorePath>> known = new TreeMap<>();
    Set<StorePath> level = Set.of(path);
    while (!level.isEmpty()) {
      Map<StorePath, Substituter.Offer> offers = all.query(level, notes);
      Set<StorePath> next = new TreeSet<>();
      for (StorePath p : level) {
        Substituter.Offer offer = Optional.ofNullable(offers.get(p)).orElseThrow(() -> invalid(p));
        known.put(p, offer.references());
        next.addAll(offer.references());
      }
      next.removeAll(known.keySet());
      level = next;
    }
    return known;
  }

  private IOException invalid(StorePath path) {
    return new IOException("path '" + store.dir().print(path) + "' is not valid");
  }
}
