package org.buildchain.daemon.command;

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
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.realise.BuildException;
import org.buildchain.derivation.realise.BuildMode;
import org.buildchain.derivation.realise.Substituter;
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
  private final CommandContext context;
  private final Settings settings;

  public Mending(CommandContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  /**
   * Mends what can be mended of paths that are damaged.
   *
   * @return those that are damaged still
   */
  public SortedSet<StorePath> mend(Collection<StorePath> damaged) throws InterruptedException {
    DiskStore store = context.services().store();
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
        context.messages().note("mended '" + name + "'");
      } else {
        context
            .messages()
            .error(
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
   * @throws CommandException if something stays damaged
   */
  void mendClosure(SortedMap<StorePath, SortedMap<String, StorePath>> outputs)
      throws InterruptedException {
    DiskStore store = context.services().store();
    SortedSet<StorePath> damaged = new TreeSet<>();
    List<StorePath> roots = outputs.values().stream().flatMap(o -> o.values().stream()).toList();
    store.verify(
        store.closure(roots),
        (path, problem) -> {
          if (damaged.add(path)) {
            context
                .messages()
                .note("path '" + store.dir().print(path) + "' is corrupted or missing!");
          }
        });
    if (!damaged.isEmpty() && !mend(damaged).isEmpty()) {
      throw new CommandException(
          "some paths in the output closure of derivation '"
              + store.dir().print(outputs.firstKey())
              + "' could not be repaired");
    }
  }

  /** Takes from binary caches what they have. */
  private void fetch(SortedSet<StorePath> damaged) throws InterruptedException {
    Substituter caches = context.services().substituter(settings);
    Consumer<String> notes = context.messages()::note;
    for (StorePath path : caches.query(damaged, notes).keySet()) {
      try {
        caches.fetch(path, notes);
      } catch (IOException | StoreException | FormatException e) {
        context
            .messages()
            .error(
                "cannot fetch '"
                    + context.services().store().dir().print(path)
                    + "' again: "
                    + e.getMessage());
      }
    }
  }

  /** The damaged paths that derivations made, by those. */
  private Map<StorePath, SortedSet<StorePath>> byDeriver(Collection<StorePath> damaged) {
    Map<StorePath, SortedSet<StorePath>> made = new TreeMap<>();
    for (StorePath path : damaged) {
      Optional<StorePath> deriver =
          context.services().store().query(path).flatMap(PathInfo::deriver);
      deriver
          .filter(context.services().store()::isValid)
          .ifPresent(d -> made.computeIfAbsent(d, k -> new TreeSet<>()).add(path));
    }
    return made;
  }

  private void build(StorePath drvPath, SortedSet<StorePath> paths) throws InterruptedException {
    try {
      // No outputs named: all of them.
      new Builds(context, settings, false)
          .realise(
              List.of(new DerivedPath.Built(drvPath, new TreeSet<>())),
              BuildMode.NORMAL,
              context.services().mendingRealiser());
    } catch (BuildException
        | CommandException
        | StoreException
        | FormatException
        | UncheckedIOException e) {
      context
          .messages()
          .error(
              "cannot build '"
                  + context.services().store().dir().print(paths.first())
                  + "' again: "
                  + e.getMessage());
    }
  }
}
