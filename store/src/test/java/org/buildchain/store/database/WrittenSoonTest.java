package org.buildchain.store.database;

import static org.buildchain.store.database.Table.PATHS;
import static org.buildchain.store.database.Table.USED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.buildchain.store.StoreException;
import org.buildchain.store.posix.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are written without waiting for the disk. */
class WrittenSoonTest {
  /** What was written soon stays so, however busy the machine is. */
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir private Path temp;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private Path folder() {
    return temp.resolve("db");
  }

  private static void put(Database database, String key, String value) {
    database.write(w -> w.put(PATHS, bytes(key), bytes(value)));
  }

  private static boolean putSoon(Database database, String key, String value) {
    return database.writeSoon(w -> w.put(PATHS, bytes(key), bytes(value)), 1, List.of());
  }

  /** All rows, as a scan finds them; slices and single looks must agree. */
  private static Map<String, String> rows(Database database) throws IOException {
    List<String> order = new ArrayList<>();
    Map<String, String> found = new TreeMap<>();
    database.read(
        r -> {
          r.scan(
              PATHS,
              new byte[0],
              (k, v) -> {
                order.add(text(k));
                found.put(text(k), text(v));
                assertArrayEquals(v, r.get(PATHS, k).orElseThrow());
                return true;
              });
          return true;
        });
    assertEquals(List.copyOf(found.keySet()), order);
    Map<String, String> sliced = new TreeMap<>();
    database.slices(PATHS, all -> all.forEach(r -> sliced.put(text(r.key()), text(r.value()))));
    assertEquals(found, sliced);
    return found;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static Optional<Path> recent(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().startsWith("recent-")).findFirst();
    }
  }

  @Test
  void areReadOverTheOthersAndOneByOneWithThem() throws IOException {
    AtomicInteger syncs = new AtomicInteger();
    try (Database database = new Database(folder(), files -> syncs.incrementAndGet(), NEVER)) {
      put(database, "a", "1");
      put(database, "c", "1");
      assertTrue(putSoon(database, "b", "2"));
      assertTrue(putSoon(database, "c", "2"));
      assertTrue(putSoon(database, "d", "2"));
      assertEquals(Map.of("a", "1", "b", "2", "c", "2", "d", "2"), rows(database));
      assertTrue(
          database.writeSoon(
              w -> {
                assertEquals("1", text(w.get(PATHS, bytes("a")).orElseThrow()));
                assertEquals("2", text(w.get(PATHS, bytes("c")).orElseThrow()));
                assertFalse(w.has(USED, bytes("c")));
              },
              1,
              List.of()));
      List<String> from = new ArrayList<>();
      database.read(
          r -> {
            r.scan(PATHS, bytes("c"), (k, v) -> from.add(text(v)));
            return true;
          });
      assertEquals(List.of("2"), from);
    }
    try (Database database = new Database(folder(), files -> {}, NEVER)) {
      assertEquals(Map.of("a", "1", "b", "2", "c", "2", "d", "2"), rows(database));
    }
    assertEquals(Optional.empty(), recent(folder()));
  }

  @Test
  void becomeDurableWithWhatIsWrittenAfterThemAndTheirFilesBefore() throws IOException {
    AtomicBoolean synced = new AtomicBoolean();
    try (Database database = new Database(folder(), files -> synced.set(true), NEVER)) {
      assertTrue(putSoon(database, "soon", "1"));
      assertFalse(synced.get());
      database.write(
          w -> {
            assertTrue(synced.get());
            assertTrue(w.has(PATHS, bytes("soon")));
            w.put(PATHS, bytes("durable"), bytes("2"));
          });
      powerLoss(folder());
      assertEquals(Map.of("soon", "1", "durable", "2"), afterPowerLoss());
    }
  }

  /** What a disk may hold at worst if the power goes now. */
  private void powerLoss(Path from) throws IOException {
    copy(from, temp.resolve("lost"));
    Optional<Path> recent = recent(temp.resolve("lost"));
    if (recent.isPresent()) {
      // It came up again, so that this is another boot; and the files hold anything.
      Path old = recent.get().resolveSibling("recent-00000000-0000-0000-0000-000000000000");
      Files.move(recent.get(), old);
      Files.write(old.resolve("data.mdb"), new byte[] {1, 2, 3});
    }
  }

  private Map<String, String> afterPowerLoss() throws IOException {
    try (Database database = new Database(temp.resolve("lost"), files -> {}, NEVER)) {
      assertEquals(Optional.empty(), recent(temp.resolve("lost")));
      return rows(database);
    }
  }

  @Test
  void outliveAKillAndNotThePower() throws IOException {
    Path killed = temp.resolve("killed");
    AtomicInteger syncs = new AtomicInteger();
    try (Database database = new Database(folder(), files -> {}, NEVER)) {
      put(database, "durable", "1");
      assertTrue(putSoon(database, "soon", "2"));
      copy(folder(), killed);
      powerLoss(folder());
    }
    assertEquals(Map.of("durable", "1"), afterPowerLoss());
    try (Database database = new Database(killed, files -> syncs.incrementAndGet(), NEVER)) {
      assertEquals(1, syncs.get());
      assertEquals(Optional.empty(), recent(killed));
      assertEquals(Map.of("durable", "1", "soon", "2"), rows(database));
    }
  }

  @Test
  void doNotComeBackWhenTheyWereDeletedBeforeAKill() throws IOException {
    Path before = temp.resolve("before");
    try (Database database = new Database(folder(), files -> {}, NEVER)) {
      assertTrue(putSoon(database, "a", "1"));
      copy(recent(folder()).orElseThrow(), before);
      database.write(w -> w.delete(PATHS, bytes("a")));
      assertEquals(Map.of(), rows(database));
      // Killed after the durable tables had them and before they were removed beside them.
      Path killed = temp.resolve("killed");
      copy(folder(), killed);
      Path recent = recent(killed).orElseThrow();
      Posix.removeTree(recent.toString());
      copy(before, recent);
      try (Database next = new Database(killed, files -> {}, NEVER)) {
        assertEquals(Map.of(), rows(next));
        assertTrue(putSoon(next, "b", "2"));
        assertEquals(Map.of("b", "2"), rows(next));
      }
    }
  }

  @Test
  void areNotWrittenWhileOthersMustWriteDurably() throws Exception {
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Database database =
        new Database(
            folder(),
            files -> {
              syncing.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            },
            NEVER)) {
      assertTrue(putSoon(database, "a", "1"));
      Thread writer = Thread.ofPlatform().start(() -> put(database, "b", "2"));
      assertTrue(syncing.await(1, TimeUnit.MINUTES));
      assertFalse(putSoon(database, "c", "3"));
      assertEquals(Map.of("a", "1"), rows(database));
      go.countDown();
      writer.join();
      assertEquals(Map.of("a", "1", "b", "2"), rows(database));
      assertTrue(putSoon(database, "c", "3"));
    }
  }

  @Test
  void stayWhereTheyAreWhenTheDiskFails() throws IOException {
    AtomicBoolean fails = new AtomicBoolean(true);
    try (Database database =
        new Database(
            folder(),
            files -> {
              if (fails.get()) {
                throw new IOException("Input/output error");
              }
            },
            NEVER)) {
      assertTrue(putSoon(database, "a", "1"));
      StoreException e = assertThrows(StoreException.class, () -> put(database, "b", "2"));
      assertTrue(e.getMessage().contains("Input/output error"), e.getMessage());
      assertEquals(Map.of("a", "1"), rows(database));
      fails.set(false);
      put(database, "b", "2");
      assertEquals(Map.of("a", "1", "b", "2"), rows(database));
    }
  }

  @Test
  void areWrittenAllOrNotAtAllAndDeleteNothing() throws IOException {
    try (Database database = new Database(folder(), files -> {}, NEVER)) {
      put(database, "a", "1");
      assertThrows(
          IllegalStateException.class,
          () ->
              database.writeSoon(
                  w -> {
                    w.put(PATHS, bytes("b"), bytes("2"));
                    w.delete(PATHS, bytes("a"));
                  },
                  1,
                  List.of()));
      assertEquals(Map.of("a", "1"), rows(database));
    }
  }

  @Test
  void areNotMoreThanMayBeLost() throws IOException {
    try (Database database = new Database(folder(), files -> {}, NEVER)) {
      assertTrue(
          database.writeSoon(w -> w.put(PATHS, bytes("a"), bytes("1")), 2L << 30, List.of()));
      assertFalse(putSoon(database, "b", "2"));
      put(database, "b", "2");
      assertTrue(putSoon(database, "c", "3"));
      assertEquals(Map.of("a", "1", "b", "2", "c", "3"), rows(database));
    }
  }

  @Test
  void becomeDurableByThemselvesOnceNothingComes() throws Exception {
    CountDownLatch synced = new CountDownLatch(1);
    try (Database database = new Database(folder(), files -> synced.countDown())) {
      assertTrue(putSoon(database, "a", "1"));
      assertTrue(synced.await(1, TimeUnit.MINUTES));
    }
  }

  @Test
  void whateverHappensIsWhatAMapSays() throws IOException {
    Random random = new Random(5);
    Map<String, String> now = new TreeMap<>();
    Map<String, String> durable = new TreeMap<>();
    Database database = new Database(folder(), files -> {}, NEVER);
    int boots = 0;
    for (int step = 0; step < 600; step++) {
      String key = Integer.toString(random.nextInt(12));
      String value = Integer.toString(step);
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3, 4 -> {
          assertTrue(putSoon(database, key, value));
          now.put(key, value);
        }
        case 5, 6 -> {
          put(database, key, value);
          now.put(key, value);
          durable = new TreeMap<>(now);
        }
        case 7 -> {
          Database to = database;
          to.write(w -> w.delete(PATHS, bytes(key)));
          now.remove(key);
          durable = new TreeMap<>(now);
        }
        case 8 -> {
          Path next = temp.resolve("killed" + boots++);
          copy(database.folder(), next);
          database.close();
          database = new Database(next, files -> {}, NEVER);
          durable = new TreeMap<>(now);
        }
        default -> {
          powerLoss(database.folder());
          assertEquals(durable, afterPowerLoss());
          Posix.removeTree(temp.resolve("lost").toString());
        }
      }
      assertEquals(now, rows(database));
    }
    database.close();
  }
}
