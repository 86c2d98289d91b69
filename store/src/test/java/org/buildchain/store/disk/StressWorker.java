package org.buildchain.store.disk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;

/**
 * Writers, readers and a collector on one store, until it is killed. Arguments: the root, a seed.
 * Prints {@code begun}, then for each collection how many paths it removed, or what went wrong.
 */
final class StressWorker {
  private static final int THREADS = 8;
  private static final int PINS = 40;

  private final DiskStore store;
  private final Path root;
  private final Path pins;

  private StressWorker(Path root) throws Exception {
    this.root = root;
    this.store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    this.pins = Files.createDirectories(root.resolve("pins/per-user/stress/bc"));
  }

  public static void main(String[] args) throws Exception {
    StressWorker worker = new StressWorker(Path.of(args[0]));
    long seed = Long.parseLong(args[1]) * 1000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed + i);
      threads.add(start(() -> worker.write(random)));
      threads.add(start(() -> worker.read(new Random(random.nextLong()))));
    }
    threads.add(start(worker::collect));
    System.out.println("begun");
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static Thread start(Step step) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                while (true) {
                  step.run();
                }
              } catch (Exception | AssertionError e) {
                StringBuilder text = new StringBuilder(e.toString());
                for (StackTraceElement at : e.getStackTrace()) {
                  text.append(" at ").append(at);
                }
                System.out.println(text.toString().replace('\n', ' '));
                System.exit(1);
              }
            });
  }

  /** Adds a library and a program that refers to it, and pins the program, or lets it go. */
  private void write(Random random) throws Exception {
    try (Store.Use _ = store.use()) {
      // Few contents, so that blocks are shared, let go and wanted again all the time.
      StorePath library = add("library", random.nextInt(20), Set.of());
      StorePath program = add("program", random.nextInt(40), Set.of(library));
      if (!store.isValid(library) || !store.isValid(program)) {
        throw new AssertionError("what was added is gone: " + program);
      }
      Path pin = pins.resolve("pin-" + random.nextInt(PINS));
      Path fresh = pins.resolveSibling(".new-" + Thread.currentThread().threadId());
      Files.deleteIfExists(fresh);
      Files.createSymbolicLink(fresh, root.resolve("nix/store/" + program));
      Files.move(fresh, pin, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private StorePath add(String name, int content, Set<StorePath> references) throws Exception {
    byte[] data = new byte[(content % 5 == 0 ? 100_000 : 1000) + content];
    new Random(content).nextBytes(data);
    StringBuilder type = new StringBuilder("test");
    for (StorePath reference : references) {
      byte[] hash = Octets.bytes(reference.hashPart());
      System.arraycopy(hash, 0, data, 10, hash.length);
      type.append(':').append(reference.hashPart());
    }
    StorePath path = StoreDir.DEFAULT.make(type.toString(), "sha256:" + content, name);
    return store
        .addObjects(
            List.of(
                new NewObject(
                    path,
                    new MemoryFile(data, false),
                    references,
                    Optional.empty(),
                    true,
                    Optional.empty())))
        .getFirst()
        .path();
  }

  /** Reads a path with all it refers to; what is valid must be whole as long as it is used. */
  private void read(Random random) throws Exception {
    List<StorePath> all = List.copyOf(store.allPaths());
    if (all.isEmpty()) {
      return;
    }
    try (Store.Use _ = store.use()) {
      Optional<PathInfo> info = store.query(all.get(random.nextInt(all.size())));
      if (info.isPresent()) {
        for (StorePath path : store.closure(List.of(info.get().path()))) {
          long size = Nar.write(store.open(path), (d, o, n) -> {});
          if (size != store.query(path).orElseThrow().narSize()) {
            throw new AssertionError("another size: " + path);
          }
        }
      }
    }
  }

  private void collect() throws Exception {
    CollectOptions options =
        new CollectOptions(
            OptionalLong.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            true,
            false);
    Collected collected =
        store.collect(options, store.roots(root, List.of(root.resolve("nix/store"))), p -> {});
    System.out.println(collected.paths().size());
  }
}
