package org.buildchain.daemon.command.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * Puts back what the disk has lost or falsified: fetches it from binary caches, or builds it again.
 * A path that comes out with another content than before stays damaged, and so does what nobody can
 * make again.
 */
public final class Mending {
  private final DiskStore store;
  private final Substituter caches;
  private final Rebuild rebuild;
  private final Consumer<String> notes;
  private final Consumer<String> errors;

  /** Builds in a view of the store that lacks what is damaged. */
  @FunctionalInterface
  public interface Rebuild {
    /**
     * Makes these valid in {@link DiskStore#wholePaths}.
     *
     * @throws BuildException if it can't
     */
    void build(Collection<DerivedPath> paths) throws InterruptedException;
  }

  /**
   * @param caches where damaged paths may be fetched from
   * @param notes takes what is done
   * @param errors takes what can't be done
   */
  public Mending(
      DiskStore store,
      Substituter caches,
      Rebuild rebuild,
      Consumer<String> notes,
      Consumer<String> errors) {
    this.store = store;
    this.caches = caches;
    this.rebuild = rebuild;
    this.notes = notes;
    this.errors = errors;
  }

  /** For a command, by these settings. */
  public static Mending of(CommandContext context, Settings settings) {
    return new Mending(
        context.services().store(),
        context.services().substituter(settings),
        paths ->
            new Builds(context, settings, false)
                .realise(paths, BuildMode.NORMAL, context.services().mendingRealiser()),
        context.messages()::note,
        context.messages()::error);
  }

  /**
   * Mends what can be mended of paths that are damaged.
   *
   * @return those that are damaged still
   */
  public SortedSet<StorePath> mend(Collection<StorePath> damaged) throws InterruptedException {
    store.forgetDamagedBlocks();
    fetch(new TreeSet<>(damaged));
    Store whole = store.wholePaths();
    List<StorePath> left = damaged.stream().filter(p -> !whole.isValid(p)).toList();
    for (Map.Entry<StorePath, SortedSet<StorePath>> entry : byDeriver(left).entrySet()) {
      build(entry.getKey(), entry.getValue());
    }
    SortedSet<StorePath> still = new TreeSet<>();
    store.verify(damaged, (path, problem) -> still.add(path));
    for (StorePath path : damaged) {
      String name = store.dir().print(path);
      if (!still.contains(path)) {
        notes.accept("mended '" + name + "'");
      } else {
        errors.accept(
            "'"
                + name
                + "' is still damaged: adding the same content again ('bc store add', or"
                + " evaluating what made it) mends it; or remove it by 'bc store delete'");
      }
    }
    if (store.verify(store.allPaths(), (path, problem) -> {}) == 0) {
      store.mended();
    }
    return still;
  }

  /**
   * Looks through outputs and what they refer to, and mends what is damaged. Words and order are
   * those of {@code repairClosure} of Nix 2.26.
   *
   * @throws BuildException if something stays damaged
   */
  public void mendClosure(SortedMap<StorePath, SortedMap<String, StorePath>> outputs)
      throws InterruptedException {
    SortedSet<StorePath> damaged = new TreeSet<>();
    List<StorePath> roots = outputs.values().stream().flatMap(o -> o.values().stream()).toList();
    store.verify(
        store.closure(roots),
        (path, problem) -> {
          if (damaged.add(path)) {
            notes.accept("path '" + store.dir().print(path) + "' is corrupted or missing!");
          }
        });
    if (!damaged.isEmpty() && !mend(damaged).isEmpty()) {
      throw new BuildException(
          "some paths in the output closure of derivation '"
              + store.dir().print(outputs.firstKey())
              + "' could not be repaired");
    }
  }

  /** Takes from binary caches what they have. */
  private void fetch(SortedSet<StorePath> damaged) throws InterruptedException {
    for (StorePath path : caches.query(damaged, notes).keySet()) {
      try {
        caches.fetch(path, notes);
      } catch (IOException | StoreException | FormatException e) {
        errors.accept("cannot fetch '" + store.dir().print(path) + "' again: " + e.getMessage());
      }
    }
  }

  /** The damaged paths that derivations made, by those. */
  private Map<StorePath, SortedSet<StorePath>> byDeriver(Collection<StorePath> damaged) {
    Map<StorePath, SortedSet<StorePath>> made = new TreeMap<>();
    for (StorePath path : damaged) {
      Optional<StorePath> deriver = store.query(path).flatMap(PathInfo::deriver);
      deriver
          .filter(store::isValid)
          .ifPresent(d -> made.computeIfAbsent(d, k -> new TreeSet<>()).add(path));
    }
    return made;
  }

  private void build(StorePath drvPath, SortedSet<StorePath> paths) throws InterruptedException {
    try {
      // No outputs named: all of them.
      rebuild.build(List.of(new DerivedPath.Built(drvPath, new TreeSet<>())));
    } catch (BuildException
        | CommandException
        | StoreException
        | FormatException
        | UncheckedIOException e) {
      errors.accept(
          "cannot build '" + store.dir().print(paths.first()) + "' again: " + e.getMessage());
    }
  }
}
