package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.block.BlockBatch;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;

/**
 * A process that adds to a store and collects, and tells of each path when the store has
 * acknowledged it ({@code +}) and before it may go ({@code -}). Texts, and what it pulls, may go
 * with the power until an object was added after them: they are told of then. Arguments: the
 * store's root, how many steps.
 */
final class RecordedWriter {
  private static final int SMALL = 1000;
  private static final int LARGE = 100_000;

  private static final String PINS = "pins/per-user/me/bc";

  private RecordedWriter() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    Random random = new Random(7);
    List<StorePath> all = new ArrayList<>();
    List<StorePath> soon = new ArrayList<>();
    Deque<StorePath> packed = new ArrayDeque<>();
    Path pins = root.resolve(PINS);
    Files.createDirectories(pins);
    try (DiskStore store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC())) {
      for (int step = 0; step < Integer.parseInt(args[1]); step++) {
        List<StorePath> added = add(store, random, step);
        boolean durable = step % 3 != 0;
        List<StorePath> fresh = new ArrayList<>(added);
        if (step % 2 == 1) {
          fresh.addAll(CrashWriter.pull(store, random, added.getFirst()));
        }
        for (StorePath path : fresh) {
          pin(root, path);
        }
        if (added.size() > BlockBatch.MAX_OWN) {
          packed.addAll(added);
        }
        if (durable) {
          soon.addAll(added);
          fresh.removeAll(added);
          soon.forEach(path -> say("+" + path));
          all.addAll(soon);
          soon.clear();
        }
        soon.addAll(fresh);
        if (step % 7 == 6) {
          for (int i = 0; i < 5; i++) {
            StorePath path = i < 2 ? packed.removeLast() : all.get(random.nextInt(all.size()));
            all.remove(path);
            packed.remove(path);
            say("-" + path);
            Files.delete(pins.resolve(path.toString()));
          }
          store.collect(
              CollectOptions.ALL,
              store.roots(root, List.of(root.resolve("nix/store"))),
              gone -> {});
        }
      }
    }
  }

  private static void pin(Path root, StorePath path) throws IOException {
    Files.createSymbolicLink(
        root.resolve(PINS).resolve(path.toString()), root.resolve("nix/store/" + path));
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /**
   * A text with the files that it refers to, one object, or so many large ones that their disk is
   * synced as a whole, or that they stand in a pack.
   */
  private static List<StorePath> add(DiskStore store, Random random, int step) throws Exception {
    if (step % 3 == 0) {
      List<NewObject> files = step % 2 == 0 ? objects(random, 2, 0, SMALL) : List.of();
      List<StorePath> paths = new ArrayList<>(files.stream().map(NewObject::path).toList());
      String text = Long.toHexString(random.nextLong());
      paths.addAll(
          store.addTexts(List.of(new Store.Text("text", text, new TreeSet<>(paths))), files));
      return paths;
    }
    int least = step % 10 == 2 ? BlockBatch.PACKED : 0;
    int count = least > 0 ? 4 + BlockBatch.MAX_OWN : step % 5 == 4 ? 5 : 1;
    List<NewObject> objects = objects(random, count, least, step % 3 == 1 ? SMALL : LARGE);
    return store.addObjects(objects).stream().map(org.buildchain.store.PathInfo::path).toList();
  }

  private static List<NewObject> objects(Random random, int count, int least, int more) {
    List<NewObject> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] data = new byte[least + random.nextInt(more)];
      random.nextBytes(data);
      StorePath path = StoreDir.DEFAULT.make("test", "sha256:" + random.nextLong(), "object");
      objects.add(
          new NewObject(
              path,
              new MemoryFile(data, false),
              Set.of(),
              Optional.empty(),
              true,
              Optional.empty()));
    }
    return objects;
  }
}
