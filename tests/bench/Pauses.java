import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;

/**
 * How long builds, additions and reads take at most, in turns without and with a collector that
 * never rests. Arguments: the store's root (empty), rounds, seconds of each turn, how many blocks
 * the store has (20,000 or more). A build does to the store what a build of one derivation does;
 * beside them a thread only sleeps for a millisecond again and again: how late it wakes is the
 * machine's and the JVM's doing, and nobody's else.
 */
final class Pauses {
  private static final int KEPT = 500;
  private static final int FILES = 40;
  private static final int BYTES = 2000;

  /** What fills a larger store: trees of so many folders of so many small files. */
  private static final int FOLDERS = 200;

  private static final int SMALL_FILES = 100;
  private static final int SMALL_BYTES = 200;

  private final Path root;
  private final DiskStore store;
  private final List<StorePath> kept = new ArrayList<>();
  private final AtomicLong numbers = new AtomicLong();
  private long collections;
  private long removed;

  /** The longest pauses for garbage in turns without and with the collector, in milliseconds. */
  private final long[] stopped = new long[2];

  private volatile boolean beside;

  private Pauses(Path root) throws Exception {
    this.root = root;
    this.store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
  }

  public static void main(String[] args) throws Exception {
    Pauses pauses = new Pauses(Path.of(args[0]));
    int rounds = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    pauses.fill(Integer.parseInt(args[3]));
    pauses.watchGarbage();
    List<Actor> without = pauses.actors();
    List<Actor> beside = pauses.actors();
    pauses.turn(pauses.actors(), true, seconds);
    Arrays.fill(pauses.stopped, 0);
    pauses.collections = 0;
    pauses.removed = 0;
    for (int round = 0; round < rounds; round++) {
      pauses.turn(without, false, seconds);
      pauses.turn(beside, true, seconds);
    }
    System.out.printf(
        "A store of %s blocks: %,d collections removed %,d paths; %d turns of %d s each. The JVM's"
            + " own collector stopped all for at most %d ms beside, %d ms without.%n%n",
        args[3],
        pauses.collections,
        pauses.removed,
        rounds,
        seconds,
        pauses.stopped[1],
        pauses.stopped[0]);
    System.out.println(
        "| what | times | longest beside the collector, ms | 99.9% within | longest without, ms"
            + " | 99.9% within | asked |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int i = 0; i < beside.size(); i++) {
      Actor with = beside.get(i);
      Actor alone = without.get(i);
      System.out.printf(
          "| %s | %,d | %.1f | %.1f | %.1f | %.1f | %s |%n",
          with.name,
          with.count,
          with.longest(1),
          with.longest(0.999),
          alone.longest(1),
          alone.longest(0.999),
          i == beside.size() - 1 ? "" : "≤ 50 ms more");
    }
    pauses.store.close();
  }

  private List<Actor> actors() {
    return List.of(
        new Actor("a build's step", this::build),
        new Actor("adding a text", this::text),
        new Actor("adding a tree of 40 files", () -> addTree("tree")),
        new Actor("opening and reading a path", this::read),
        new Actor("asking for a path", this::ask),
        new Actor("sleeping for 1 ms", () -> LockSupport.parkNanos(1_000_000)));
  }

  private record Folder(List<FileTree.Entry> entries) implements FileTree.Directory {}

  private byte[] fresh(int bytes) {
    byte[] data = new byte[bytes];
    new Random(numbers.incrementAndGet()).nextBytes(data);
    return data;
  }

  private StorePath addTree(String name) throws Exception {
    List<FileTree.Entry> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(
          new FileTree.Entry(String.format("file%02d", i), new MemoryFile(fresh(BYTES), false)));
    }
    return store.addTree(name, new Folder(files), IngestionMethod.NAR, HashAlgorithm.SHA256);
  }

  private StorePath addLargeTree() throws Exception {
    List<FileTree.Entry> folders = new ArrayList<>();
    for (int i = 0; i < FOLDERS; i++) {
      List<FileTree.Entry> files = new ArrayList<>();
      for (int j = 0; j < SMALL_FILES; j++) {
        files.add(
            new FileTree.Entry(
                String.format("file%02d", j), new MemoryFile(fresh(SMALL_BYTES), false)));
      }
      folders.add(new FileTree.Entry(String.format("folder%03d", i), new Folder(files)));
    }
    return store.addTree("large", new Folder(folders), IngestionMethod.NAR, HashAlgorithm.SHA256);
  }

  private void fill(int blocks) throws Exception {
    for (int i = 0; i < KEPT; i++) {
      kept.add(pinned(addTree("kept")));
    }
    for (int n = KEPT * FILES; n < blocks; n += FOLDERS * SMALL_FILES) {
      pinned(addLargeTree());
    }
  }

  private StorePath pinned(StorePath path) throws Exception {
    Path pins = Files.createDirectories(root.resolve("pins/per-user/bench/bc"));
    Files.createSymbolicLink(pins.resolve(path.toString()), root.resolve("nix/store/" + path));
    return path;
  }

  private void watchGarbage() {
    for (var bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) bean)
          .addNotificationListener(
              (notification, handback) -> {
                long millis =
                    GarbageCollectionNotificationInfo.from(
                            (CompositeData) notification.getUserData())
                        .getGcInfo()
                        .getDuration();
                int which = beside ? 1 : 0;
                stopped[which] = Math.max(stopped[which], millis);
              },
              null,
              null);
    }
  }

  private StorePath any() {
    return kept.get((int) Long.remainderUnsigned(numbers.incrementAndGet() * 7919, KEPT));
  }

  private void text() throws Exception {
    store.addTexts(
        List.of(new Store.Text("text", "text " + numbers.incrementAndGet(), new TreeSet<>())));
  }

  /** Asks for its inputs, and adds an output that refers to one of them. */
  private void build() throws Exception {
    try (Store.Use _ = store.use()) {
      StorePath input = any();
      for (StorePath path : store.closure(List.of(input))) {
        store.query(path).orElseThrow();
      }
      byte[] data = fresh(100_000);
      byte[] hash = input.hashPart().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      System.arraycopy(hash, 0, data, 10, hash.length);
      StorePath output =
          StoreDir.DEFAULT.make(
              "test:" + input.hashPart(), "sha256:" + numbers.incrementAndGet(), "output");
      store.addObjects(
          List.of(
              new NewObject(
                  output,
                  new MemoryFile(data, false),
                  Set.of(input),
                  Optional.empty(),
                  true,
                  Optional.empty())));
    }
  }

  private void read() throws Exception {
    Nar.write(store.open(any()), (data, offset, length) -> {});
  }

  private void ask() {
    if (!store.isValid(any())) {
      throw new AssertionError("a pinned path is gone");
    }
  }

  private void turn(List<Actor> actors, boolean collecting, int seconds) throws Exception {
    beside = collecting;
    AtomicBoolean ended = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (Actor actor : actors) {
      threads.add(Thread.ofPlatform().start(() -> actor.run(ended)));
    }
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      if (collecting) {
        collect();
      } else {
        LockSupport.parkNanos(10_000_000);
      }
    }
    ended.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    for (Actor actor : actors) {
      if (actor.problem.isPresent()) {
        throw actor.problem.get();
      }
    }
    if (!collecting) {
      // What this turn has left is not the next one's work.
      collect();
    }
  }

  private void collect() throws Exception {
    removed +=
        store
            .collect(
                CollectOptions.ALL,
                store.roots(root, List.of(root.resolve("nix/store"))),
                gone -> {})
            .paths()
            .size();
    collections++;
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Does one thing again and again, with a short rest between, and notes how long it takes. */
  private static final class Actor {
    private final String name;
    private final Step step;
    private long[] nanos = new long[1 << 12];
    private int count;
    private Optional<Exception> problem = Optional.empty();

    Actor(String name, Step step) {
      this.name = name;
      this.step = step;
    }

    void run(AtomicBoolean ended) {
      try {
        while (!ended.get()) {
          long began = System.nanoTime();
          step.run();
          if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
          }
          nanos[count++] = System.nanoTime() - began;
          LockSupport.parkNanos(500_000);
        }
      } catch (Exception e) {
        problem = Optional.of(e);
      }
    }

    /** Milliseconds within which this part of the steps ended. */
    double longest(double part) {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return count == 0 ? 0 : sorted[(int) Math.min(count - 1, count * part)] / 1e6;
    }
  }
}
