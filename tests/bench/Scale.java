import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.store.tree.RandomAccessTree;

/**
 * How the store does as it grows: adding, looking up, opening and collecting, at 20,000 blocks and
 * then at each size up to the last. Arguments: the store's root (empty), how many blocks at the
 * end. A tree is 200 folders of 100 files of 200 bytes, each a block of its own.
 */
final class Scale {
  private static final int FOLDERS = 200;
  private static final int FILES = 100;
  private static final int BYTES = 200;
  private static final int BLOCKS = FOLDERS * FILES;
  private static final int LOOKUPS = 20_000;
  private static final int ALONE_MILLIS = 2000;

  private final Path root;
  private final List<StorePath> trees = new ArrayList<>();
  private final Random random = new Random(3);
  private DiskStore store;
  private long seed;

  private Scale(Path root) throws Exception {
    this.root = root;
    this.store = open();
  }

  private DiskStore open() throws Exception {
    return new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
  }

  public static void main(String[] args) throws Exception {
    Scale scale = new Scale(Path.of(args[0]));
    int last = Integer.parseInt(args[1]);
    System.out.println(
        "| blocks | adding 20,000, µs a block | asking for a path, µs | reading a file, µs"
            + " | opening the store, ms | dry collection, µs a block"
            + " | collecting 20,000 of them, ms | longest add beside it (without), ms"
            + " | longest read beside it (without), ms |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    scale.add();
    for (int blocks = BLOCKS; blocks <= last; blocks = next(blocks, last)) {
      scale.growTo(blocks);
      scale.row();
      if (blocks == last) {
        break;
      }
    }
    scale.store.close();
  }

  private static int next(int blocks, int last) {
    return (int) Math.min(last, blocks * 10L / 3 / BLOCKS * BLOCKS);
  }

  private static Folder tree(long seed) {
    List<FileTree.Entry> folders = new ArrayList<>();
    for (int i = 0; i < FOLDERS; i++) {
      List<FileTree.Entry> files = new ArrayList<>();
      for (int j = 0; j < FILES; j++) {
        byte[] data = new byte[BYTES];
        new Random(seed * BLOCKS + i * FILES + j).nextBytes(data);
        files.add(new FileTree.Entry(String.format("file%03d", j), new MemoryFile(data, false)));
      }
      folders.add(new FileTree.Entry(String.format("folder%03d", i), new Folder(files)));
    }
    return new Folder(folders);
  }

  private record Folder(List<FileTree.Entry> entries) implements FileTree.Directory {}

  private StorePath add() throws Exception {
    FileTree tree = tree(seed++);
    StorePath path = store.addTree("tree", tree, IngestionMethod.NAR, HashAlgorithm.SHA256);
    trees.add(path);
    Path pins = Files.createDirectories(root.resolve("pins/per-user/bench/bc"));
    Files.createSymbolicLink(pins.resolve(path.toString()), root.resolve("nix/store/" + path));
    return path;
  }

  private void growTo(int blocks) throws Exception {
    while (trees.size() * BLOCKS < blocks) {
      add();
    }
  }

  private static double since(long began, double nanos) {
    return (System.nanoTime() - began) / nanos;
  }

  private StorePath any() {
    return trees.get(random.nextInt(trees.size()));
  }

  private void row() throws Exception {
    int blocks = trees.size() * BLOCKS;
    long began = System.nanoTime();
    StorePath last = add();
    double adding = since(began, 1e3) / BLOCKS;

    began = System.nanoTime();
    for (int i = 0; i < LOOKUPS; i++) {
      store.query(any()).orElseThrow();
    }
    double asking = since(began, 1e3) / LOOKUPS;

    List<RandomAccessTree.Directory> opened = new ArrayList<>();
    for (StorePath path : trees) {
      opened.add((RandomAccessTree.Directory) store.open(path));
    }
    began = System.nanoTime();
    for (int i = 0; i < LOOKUPS / 10; i++) {
      read(opened.get(random.nextInt(opened.size())));
    }
    double reading = since(began, 1e3) / (LOOKUPS / 10);

    store.close();
    began = System.nanoTime();
    store = open();
    double opening = since(began, 1e6);

    began = System.nanoTime();
    collect(true);
    double dry = since(began, 1e3) / blocks;

    Files.delete(root.resolve("pins/per-user/bench/bc").resolve(last.toString()));
    trees.remove(last);
    // What the machine and the disk make wait by themselves, and then beside a collection.
    List<Beside> alone = beside();
    Thread.sleep(ALONE_MILLIS);
    double[] without = {alone.get(0).end(), alone.get(1).end()};
    List<Beside> both = beside();
    began = System.nanoTime();
    Collected collected = collect(false);
    double collecting = since(began, 1e6);
    double[] longest = {both.get(0).end(), both.get(1).end()};
    if (!collected.paths().contains(last) || collected.blocks() < BLOCKS) {
      throw new AssertionError("removed " + collected.paths() + ", not " + last);
    }
    System.out.printf(
        "| %,d | %.1f | %.2f | %.1f | %.0f | %.2f | %.0f | %.1f (%.1f) | %.1f (%.1f) |%n",
        blocks,
        adding,
        asking,
        reading,
        opening,
        dry,
        collecting,
        longest[0],
        without[0],
        longest[1],
        without[1]);
  }

  private List<Beside> beside() {
    return List.of(
        new Beside(this::text),
        new Beside(() -> read((RandomAccessTree.Directory) store.open(any()))));
  }

  private Collected collect(boolean dry) throws Exception {
    CollectOptions all = CollectOptions.ALL;
    CollectOptions options =
        new CollectOptions(
            all.maxFreed(), all.olderThan(), all.keepLastUsed(), all.only(), true, dry);
    return store.collect(
        options, store.roots(root, List.of(root.resolve("nix/store"))), gone -> {});
  }

  private void read(RandomAccessTree.Directory tree) throws Exception {
    String folder = String.format("folder%03d", random.nextInt(FOLDERS));
    String name = String.format("file%03d", random.nextInt(FILES));
    FileTree file =
        ((RandomAccessTree.Directory) tree.child(folder).orElseThrow()).child(name).orElseThrow();
    try (InputStream in = ((FileTree.Regular) file).open()) {
      if (in.readAllBytes().length != BYTES) {
        throw new AssertionError("another length");
      }
    }
  }

  private void text() throws Exception {
    String content = "text " + System.nanoTime();
    store.addTexts(List.of(new Store.Text("text", content, new TreeSet<>())));
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Does something again and again, and keeps how long it took at most. */
  private static final class Beside {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread;
    private long longest;
    private Exception problem;

    Beside(Step step) {
      thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (!ended.get()) {
                        long began = System.nanoTime();
                        step.run();
                        longest = Math.max(longest, System.nanoTime() - began);
                      }
                    } catch (Exception e) {
                      problem = e;
                    }
                  });
    }

    double end() throws Exception {
      ended.set(true);
      thread.join();
      if (problem != null) {
        throw problem;
      }
      return longest / 1e6;
    }
  }
}
