package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Table;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process or a full disk leaves behind. */
class DiskStoreCrashTest {
  private static final int ROUNDS = 6;
  private static final int MOST_PATHS = 40;
  private static final long DEEP_STACK = 16L << 20;

  @TempDir Path temp;

  @Test
  void aKilledWriterLosesNothingThatWasAcknowledged() throws Exception {
    Path root = temp.resolve("root");
    Random random = new Random(9);
    List<StorePath> acknowledged = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      acknowledged.addAll(writeAndKill(root, round, random.nextInt(MOST_PATHS)));
      try (DiskStore store = open(root)) {
        List<String> problems = new ArrayList<>();
        assertEquals(0, store.verify(problems::add), problems.toString());
        for (StorePath path : acknowledged) {
          assertTrue(store.isValid(path), "lost " + path + " in round " + round);
        }
      }
    }
    assertTrue(acknowledged.size() > ROUNDS, "the writers wrote next to nothing");
  }

  /** Kills the writer, at whatever it does, when {@code count} paths were acknowledged. */
  private static List<StorePath> writeAndKill(Path root, int seed, int count) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashWriter.class.getName(),
                root.toString(),
                Integer.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<StorePath> paths = new ArrayList<>();
    try (BufferedReader out = writer.inputReader(StandardCharsets.US_ASCII)) {
      for (int i = 0; i <= count; i++) {
        paths.add(StorePath.parse(out.readLine()));
      }
      writer.destroyForcibly();
      // Lines that were on their way are acknowledged too; one that was cut is not a line.
      for (String line; (line = out.readLine()) != null && line.length() > 33; ) {
        paths.add(StorePath.parse(line));
      }
    } catch (IOException e) {
      // The pipe broke with the process: what was read was acknowledged all the same.
      assertTrue(paths.size() > count, e.getMessage());
    } finally {
      writer.destroyForcibly();
      writer.waitFor();
    }
    return paths;
  }

  private static DiskStore open(Path root) throws IOException {
    return new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
  }

  @Test
  void aFullDiskIsAnErrorAndLeavesNothingHalf() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
    try {
      try (DiskStore store = open(disk)) {
        StorePath small = text(store, "before");
        StorePath big = StorePath.parse("0123456789abcdfghijklmnpqrsvwxyz-big");
        byte[] data = new byte[16 << 20];
        new Random(1).nextBytes(data);
        IOException e =
            assertThrows(
                IOException.class,
                () ->
                    store.addObjects(
                        List.of(
                            new NewObject(
                                big,
                                new MemoryFile(data, false),
                                Set.of(),
                                Optional.empty(),
                                true,
                                Optional.empty()))));
        assertTrue(e.getMessage().contains("No space left"), e.getMessage());
        assertEquals(Set.of(small), store.allPaths());
        assertEquals(0, store.verify(problem -> {}));
        // The failed step gave its room back.
        text(store, "after");
      }
      try (DiskStore store = open(disk)) {
        assertEquals(2, store.allPaths().size());
        assertEquals(0, store.verify(problem -> {}));
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void whereverADiskGetsFullNothingIsHalf() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
    try (DiskStore store = open(disk)) {
      List<StorePath> added = new ArrayList<>();
      Path filler = disk.resolve("filler");
      int failures = 0;
      for (int pages = 0; pages < 300; pages += 7) {
        long room = disk.toFile().getUsableSpace() - pages * 4096L;
        Files.write(filler, new byte[(int) Math.max(0, room)]);
        try {
          added.add(object(store, pages));
        } catch (IOException | StoreException e) {
          failures++;
          assertTrue(e.getMessage().contains("No space left"), e.toString());
        }
        Files.delete(filler);
        List<String> problems = new ArrayList<>();
        assertEquals(0, store.verify(problems::add), problems.toString());
        assertEquals(new TreeSet<>(added), store.allPaths());
        if (added.size() == 4) {
          added.clear();
          store.collect(CollectOptions.ALL, store.roots(disk, List.of()), gone -> {});
          assertEquals(Set.of(), store.allPaths());
        }
      }
      assertTrue(failures > 8 && failures < 40, failures + " failures");
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void readersNeedNoRoomOnAFullDisk() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
    try {
      try (Database database = new Database(disk.resolve("db"), files -> {})) {
        Files.write(disk.resolve("filler"), new byte[(int) disk.toFile().getUsableSpace()]);
        // Each reader has an entry in a file that is mapped: a hole in it can't be filled now, and
        // the process would be killed.
        AtomicInteger deep = new AtomicInteger();
        Thread reader =
            new Thread(null, () -> deep.set(read(database, 1500)), "reader", DEEP_STACK);
        reader.start();
        reader.join();
        assertEquals(1500, deep.get());
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  private static int read(Database database, int deep) {
    return database.read(r -> deep == 0 ? 0 : 1 + read(database, deep - 1));
  }

  /** Some of its chunks stand in a pack, one has a file of its own. */
  private static StorePath object(DiskStore store, int seed) throws IOException {
    byte[] data = new byte[(1 << 20) + 9000];
    new Random(seed).nextBytes(data);
    StorePath path = StoreDir.DEFAULT.make("test", "sha256:" + seed, "object");
    MemoryFile file = new MemoryFile(data, false);
    return store
        .addObjects(
            List.of(new NewObject(path, file, Set.of(), Optional.empty(), true, Optional.empty())))
        .getFirst()
        .path();
  }

  private static StorePath text(DiskStore store, String content) throws IOException {
    return store.addTexts(List.of(new Store.Text("t", content, new TreeSet<>()))).getFirst();
  }

  private static void run(String... command) throws Exception {
    Process p = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, p.waitFor(), String.join(" ", command));
  }

  @Test
  void aDatabaseOfAnotherFormatIsRefused() throws Exception {
    Path root = temp.resolve("root");
    try (DiskStore store = open(root)) {
      text(store, "x");
    }
    try (Database database = new Database(root.resolve("db"), files -> {})) {
      database.write(
          w ->
              w.put(
                  Table.META,
                  "version".getBytes(StandardCharsets.US_ASCII),
                  "999".getBytes(StandardCharsets.US_ASCII)));
    }
    Exception e = assertThrows(org.buildchain.store.StoreException.class, () -> open(root).close());
    assertTrue(e.getMessage().contains("999"), e.getMessage());
  }

  @Test
  void aTruncatedDatabaseIsRefused() throws Exception {
    Path root = temp.resolve("root");
    try (DiskStore store = open(root)) {
      text(store, "x");
    }
    Files.write(root.resolve("db/data.mdb"), new byte[100]);
    assertThrows(org.buildchain.store.StoreException.class, () -> open(root).close());
  }
}
