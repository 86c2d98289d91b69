package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.buildchain.store.Store;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes at any moment: whatever a disk may hold then that keeps no more than POSIX
 * promises, what the database calls valid is whole, and what was acknowledged is valid.
 */
class PowerLossTest {
  private static final int STEPS = 30;
  private static final int LOSSES = 50;

  /** So often it goes right after the room of a block came back. */
  private static final int PUNCHED = 5;

  @TempDir Path temp;

  @Test
  void whatIsValidIsWholeAndWhatWasAcknowledgedIsValid() throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xint",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            RecordedWriter.class.getName(),
            root.toString(),
            Integer.toString(STEPS));
    List<RecordedDisk.Event> events = SystemCalls.of(command, root, temp.resolve("calls"));
    long told = events.stream().filter(e -> e instanceof RecordedDisk.Told).count();
    long writes = events.stream().filter(e -> e instanceof RecordedDisk.Write).count();
    assertTrue(told >= STEPS && writes >= 2 * STEPS, told + " lines, " + writes + " writes");
    Random random = new Random(11);
    Set<Integer> ends = new TreeSet<>();
    for (int loss = 0; loss < LOSSES; loss++) {
      // All moments are as likely, among them the last.
      ends.add(events.size() - loss * events.size() / LOSSES);
    }
    List<Integer> punched =
        IntStream.range(0, events.size())
            .filter(i -> events.get(i) instanceof RecordedDisk.Punch)
            .mapToObj(i -> i + 1)
            .toList();
    assertTrue(punched.size() >= PUNCHED, "room of blocks came back " + punched.size() + " times");
    ends.addAll(punched.subList(0, PUNCHED));
    for (int end : ends) {
      for (double likely : new double[] {0, 0.5, 1}) {
        check(root, events.subList(0, end), likely, random);
      }
    }
  }

  /** The machine comes up again: what it had named by its last boot is of an older one. */
  private static void anotherBoot(Path database) throws Exception {
    if (Files.isDirectory(database)) {
      try (Stream<Path> files = Files.list(database)) {
        for (Path file : files.toList()) {
          if (file.getFileName().toString().startsWith("recent-")) {
            Files.move(file, file.resolveSibling("recent-00000000-0000-0000-0000-000000000000"));
          }
        }
      }
    }
  }

  private void check(Path root, List<RecordedDisk.Event> events, double likely, Random random)
      throws Exception {
    RecordedDisk disk = new RecordedDisk();
    Set<StorePath> acknowledged = new TreeSet<>();
    for (RecordedDisk.Event event : events) {
      disk.apply(event);
      if (event instanceof RecordedDisk.Told(String line)) {
        StorePath path = StorePath.parse(line.substring(1));
        if (line.charAt(0) == '+') {
          acknowledged.add(path);
        } else {
          acknowledged.remove(path);
        }
      }
    }
    String when = "after " + events.size() + " calls, " + likely;
    Path image = temp.resolve("image");
    disk.image(root.toString(), image, likely, random);
    anotherBoot(image.resolve("db"));
    try (DiskStore store = new DiskStore(image, StoreDir.DEFAULT, Clock.systemUTC())) {
      List<String> problems = new ArrayList<>();
      assertEquals(0, store.verify(problems::add), () -> when + ": " + problems);
      // Who adds the same content again relies on those that no path has, too.
      assertEquals(0, store.forgetDamagedBlocks(), () -> "blocks " + when);
      Set<StorePath> lost = new TreeSet<>(acknowledged);
      lost.removeAll(store.allPaths());
      assertEquals(Set.of(), lost, () -> "lost " + when);
      // It goes on from there, also with the same names for other content.
      store.addTexts(List.of(new Store.Text("text", when, new TreeSet<>())));
      assertEquals(0, store.verify(problems::add), () -> when + ": " + problems);
    }
    org.buildchain.store.posix.Posix.removeTree(image.toString());
  }
}
