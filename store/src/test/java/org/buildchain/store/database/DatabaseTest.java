package org.buildchain.store.database;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.buildchain.store.database.Table.META;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.buildchain.store.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  @TempDir private Path folder;

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  private static Thread start(
      Database database, Consumer<Transaction> body, Map<Thread, Exception> failures) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                database.write(body);
              } catch (StoreException e) {
                failures.put(Thread.currentThread(), e);
              }
            });
  }

  @Test
  void whatANewerProgramMadeIsLeftAlone() throws Exception {
    try (Database database = new Database(folder, files -> {})) {
      database.write(w -> w.put(META, key("version"), key("999")));
    }
    for (int i = 0; i < 2; i++) {
      StoreException e =
          assertThrows(StoreException.class, () -> new Database(folder, files -> {}));
      assertTrue(e.getMessage().contains("has format 999"), e.getMessage());
      assertTrue(e.getMessage().contains("BC_ROOT"), e.getMessage());
    }
  }

  /** A copy that broke off, or what a file system lost. LMDB looks at it through a mapping. */
  @Test
  void whatIsCutOffIsAnErrorAndNoEndOfTheProcess() throws Exception {
    try (Database database = new Database(folder, files -> {})) {
      database.write(w -> w.put(META, key("key"), new byte[100_000]));
    }
    try (FileChannel data = FileChannel.open(folder.resolve("data.mdb"), WRITE)) {
      // The first two pages say where the others are.
      data.truncate(2 * 4096);
    }
    StoreException e = assertThrows(StoreException.class, () -> new Database(folder, files -> {}));
    assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
  }

  @Test
  void whoWritesDuringATransactionSharesTheNextAndFailsAlone() throws Exception {
    Map<Thread, Exception> failures = new ConcurrentHashMap<>();
    AtomicInteger told = new AtomicInteger();
    try (Database database = new Database(folder, files -> {})) {
      database.onPaths(told::incrementAndGet);
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      long before = database.lastTransaction();
      List<Thread> threads = new ArrayList<>();
      threads.add(
          start(
              database,
              w -> {
                begun.countDown();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                w.put(META, key("first"), key("1"));
              },
              failures));
      begun.await();
      threads.add(start(database, w -> w.put(META, key("second"), key("2")), failures));
      waits(threads.getLast());
      Thread failing =
          start(
              database,
              w -> {
                assertTrue(w.has(META, key("second")));
                w.put(META, key("second"), key("other"));
                w.put(META, key("third"), key("3"));
                throw new StoreException("refused");
              },
              failures);
      threads.add(failing);
      waits(failing);
      threads.add(start(database, w -> w.put(Table.PATHS, key("fourth"), key("4")), failures));
      waits(threads.getLast());
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(before + 2, database.lastTransaction());
      assertEquals(Set.of(failing), failures.keySet());
      assertEquals("refused", failures.get(failing).getMessage());
      assertEquals(1, told.get());
    }
    try (Database database = new Database(folder, files -> {})) {
      database.read(
          r -> {
            assertArrayEquals(key("1"), r.get(META, key("first")).orElseThrow());
            assertArrayEquals(key("2"), r.get(META, key("second")).orElseThrow());
            assertFalse(r.has(META, key("third")));
            assertTrue(r.has(Table.PATHS, key("fourth")));
            return true;
          });
    }
  }

  private static void waits(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
