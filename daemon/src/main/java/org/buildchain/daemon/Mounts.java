package org.buildchain.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.buildchain.fuse.FileSystemView;
import org.buildchain.fuse.MountOptions;
import org.buildchain.fuse.MountProvider;
import org.buildchain.fuse.MountRoute;
import org.buildchain.fuse.StoreMount;
import org.buildchain.fuse.StoreViews;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;

/**
 * The mounts of a store: by store path at {@code nix/store}, by CID at {@code store}, and for
 * root's own store at {@code /nix/store} where the machine has no Nix.
 */
final class Mounts implements AutoCloseable {
  private static final int THREADS = 8;
  private static final Path SYSTEM_ROOT = Path.of("/ipfs");
  private static final Path NIX_STORE = Path.of("/nix/store");
  private static final Path NIX_DATABASE = Path.of("/nix/var/nix/db");

  private final MountProvider provider;
  private final List<StoreMount> mounts = new CopyOnWriteArrayList<>();
  private final Path root;
  private Optional<String> problem = Optional.empty();

  /** Mounts; a machine that cannot is left without, see {@link #problem}. */
  Mounts(Path root, DiskStore store, MountRoute route) throws IOException {
    this.root = root;
    this.provider = route.provider();
    store.onChange(() -> mounts.forEach(StoreMount::changed));
    boolean everyone = isRoot();
    FileSystemView byPath = StoreViews.byPath(store);
    List<MountProvider.Problem> problems = provider.probe();
    if (!problems.isEmpty()) {
      problem = Optional.of(problems.getFirst().what() + ": " + problems.getFirst().remedy());
      return;
    }
    try {
      mount(byPath, view(), everyone);
      mount(StoreViews.byCid(store, store::byObject), root.resolve("store"), everyone);
    } catch (IOException e) {
      problem = Optional.of(e.getMessage());
      return;
    }
    if (everyone && root.equals(SYSTEM_ROOT) && hasNoNix()) {
      mount(byPath, NIX_STORE, true);
    }
  }

  /** Where objects are shown by store path. */
  Path view() {
    return root.resolve("nix/store");
  }

  /** Why nothing is mounted. */
  Optional<String> problem() {
    return problem;
  }

  /** Which way is used. */
  String route() {
    return provider.name();
  }

  /**
   * Makes the kernel forget paths that have ceased to be valid, after they have.
   *
   * @param gone what was known of them
   */
  void removed(Collection<PathInfo> gone) {
    List<String> names = new ArrayList<>(gone.size() * 2);
    for (PathInfo info : gone) {
      names.add(info.path().toString());
      names.add(info.object());
    }
    mounts.forEach(m -> m.removed(names));
  }

  /** What stands in the way, found now. */
  List<MountProvider.Problem> probe() {
    return provider.probe();
  }

  private void mount(FileSystemView view, Path at, boolean everyone) throws IOException {
    if (!Files.isDirectory(at)) {
      // A mount whose process was killed answers nothing until it is mounted over.
      try {
        Files.createDirectories(at);
      } catch (IOException e) {
        if (!Files.exists(at.getParent())) {
          throw e;
        }
      }
    }
    mounts.add(provider.mount(view, at, new MountOptions(everyone, THREADS)));
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static boolean hasNoNix() throws IOException {
    if (Files.exists(NIX_DATABASE)) {
      return false;
    }
    if (!Files.isDirectory(NIX_STORE)) {
      return !Files.exists(NIX_STORE);
    }
    try (var entries = Files.list(NIX_STORE)) {
      return entries.findAny().isEmpty();
    }
  }

  @Override
  public void close() {
    mounts.reversed().forEach(StoreMount::close);
  }
}
