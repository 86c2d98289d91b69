package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.Roots;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
  @TempDir Path temp;
  private Path root;
  private DiskStore store;
  private final Random random = new Random(5);

  @BeforeEach
  void open() throws IOException {
    root = temp.resolve("root");
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StorePath add(String name, int bytes, StorePath... references) throws IOException {
    byte[] data = new byte[bytes + 32 * references.length];
    random.nextBytes(data);
    for (int i = 0; i < references.length; i++) {
      byte[] hash = references[i].hashPart().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(hash, 0, data, 32 * i, 32);
    }
    StorePath path = StoreDir.DEFAULT.make("test", "sha256:" + random.nextLong(), name);
    store.addObjects(
        List.of(
            new NewObject(
                path,
                new MemoryFile(data, false),
                Set.of(references),
                Optional.empty(),
                true,
                Optional.empty())));
    return path;
  }

  private Collected collect(CollectOptions options) throws IOException {
    Roots roots = store.roots(root, List.of(root.resolve("nix/store")));
    return store.collect(options, roots, paths -> {});
  }

  private void pin(String user, String name, StorePath path) throws IOException {
    Path folder = Files.createDirectories(root.resolve("pins/per-user/" + user + "/bc"));
    Files.createSymbolicLink(folder.resolve(name), root.resolve("nix/store/" + path));
  }

  private void assertWhole() {
    List<String> problems = new ArrayList<>();
    assertEquals(0, store.verify(problems::add), problems.toString());
  }

  private long diskBytes() throws IOException {
    long bytes = 0;
    for (String folder : List.of("blocks", "packs")) {
      try (var files = Files.list(root.resolve(folder))) {
        bytes += files.mapToLong(f -> f.toFile().length()).sum();
      }
    }
    return bytes;
  }

  @Test
  void whatNothingKeepsGoesWithItsBlocks() throws IOException {
    StorePath library = add("library", 1000);
    StorePath program = add("program", 200_000, library);
    StorePath dead = add("dead", 3_000_000, library);
    StorePath deader = add("deader", 5000, dead);
    pin("me", "x", program);
    Collected collected = collect(CollectOptions.ALL);
    assertEquals(List.of(deader, dead), collected.paths());
    assertEquals(2, collected.kept());
    // Three chunks, the node above them, two small contents and two objects.
    assertTrue(collected.bytes() > 3_005_000 && collected.bytes() < 3_010_000, "" + collected);
    assertEquals(Set.of(library, program), store.allPaths());
    assertTrue(diskBytes() < 210_000, "the disk still holds " + diskBytes());
    assertWhole();
    assertEquals(List.of(), collect(CollectOptions.ALL).paths());
    assertEquals(Set.of(program), store.referrers(library));
  }

  @Test
  void sharedBlocksStayAsLongAsSomebodyHasThem() throws IOException {
    byte[] data = new byte[300_000];
    random.nextBytes(data);
    List<StorePath> paths = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      StorePath path = StoreDir.DEFAULT.make("test", "sha256:" + name, name);
      store.addObjects(
          List.of(
              new NewObject(
                  path,
                  new MemoryFile(data, false),
                  Set.of(),
                  Optional.empty(),
                  true,
                  Optional.empty())));
      paths.add(path);
    }
    pin("me", "x", paths.get(1));
    assertEquals(List.of(paths.get(0)), collect(CollectOptions.ALL).paths());
    assertWhole();
    assertTrue(diskBytes() > 300_000);
  }

  @Test
  void limitsTakeTheLeastRecentlyUsedFirst() throws IOException {
    List<StorePath> paths = new ArrayList<>();
    store.close();
    for (int day = 1; day <= 5; day++) {
      Instant then = Instant.now().minus(Duration.ofDays(100 - day));
      store = new DiskStore(root, StoreDir.DEFAULT, Clock.fixed(then, ZoneOffset.UTC));
      StorePath[] references = day == 5 ? new StorePath[] {paths.get(0)} : new StorePath[0];
      paths.add(add("day-" + day, 100_000, references));
      store.close();
    }
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    CollectOptions dry =
        new CollectOptions(
            OptionalLong.of(150_000),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            true,
            true);
    // The first is the oldest, but the fifth refers to it and must go before.
    List<StorePath> twoOldest = List.of(paths.get(4), paths.get(0));
    assertEquals(twoOldest, collect(dry).paths());
    assertEquals(5, store.allPaths().size());
    store.isValid(paths.get(1));
    CollectOptions old =
        new CollectOptions(
            OptionalLong.empty(),
            Optional.of(Duration.ofDays(50)),
            OptionalInt.empty(),
            Optional.empty(),
            true,
            true);
    assertEquals(
        Set.of(paths.get(0), paths.get(2), paths.get(3), paths.get(4)),
        Set.copyOf(collect(old).paths()));
    CollectOptions last =
        new CollectOptions(
            OptionalLong.empty(),
            Optional.empty(),
            OptionalInt.of(2),
            Optional.empty(),
            true,
            false);
    // The second was used just now; the fifth was added last and keeps the first.
    assertEquals(Set.of(paths.get(2), paths.get(3)), Set.copyOf(collect(last).paths()));
    assertWhole();
  }

  @Test
  void aCollectionThatIsStoppedLeavesAStoreThatIsWhole() throws IOException {
    StorePath kept = add("kept", 100_000);
    for (int i = 0; i < 100; i++) {
      add("dead-" + i, 5000, kept);
    }
    pin("me", "kept", kept);
    Roots roots = store.roots(root, List.of(root.resolve("nix/store")));
    // Whoever is told what may go is told before anything goes.
    assertThrows(
        InterruptedIOException.class,
        () ->
            store.collect(CollectOptions.ALL, roots, paths -> Thread.currentThread().interrupt()));
    assertFalse(Thread.interrupted());
    assertTrue(store.allPaths().contains(kept));
    assertWhole();
    assertEquals(1, collect(CollectOptions.ALL).kept());
    assertTrue(diskBytes() < 110_000, "the disk still holds " + diskBytes());
    assertWhole();
  }

  @Test
  void pathsByNameGoOnlyIfNothingNeedsThem() throws IOException {
    StorePath library = add("library", 10);
    StorePath program = add("program", 10, library);
    StorePath pinned = add("pinned", 10);
    pin("me", "x", pinned);
    for (StorePath path : List.of(library, pinned)) {
      assertThrows(StoreException.class, () -> collect(delete(path)));
    }
    assertEquals(List.of(program), collect(delete(program)).paths());
    assertEquals(Set.of(library, pinned), store.allPaths());
  }

  private static CollectOptions delete(StorePath path) {
    return new CollectOptions(
        OptionalLong.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.of(Set.of(path)),
        false,
        false);
  }

  @Test
  void whatIsInUseStays() throws IOException {
    StorePath library = add("library", 10);
    StorePath program = add("program", 10, library);
    StorePath other = add("other", 10);
    try (Store.Use _ = store.use()) {
      assertTrue(store.isValid(program));
      assertEquals(List.of(other), collect(CollectOptions.ALL).paths());
      StorePath added = add("added", 10);
      assertEquals(List.of(), collect(CollectOptions.ALL).paths());
      assertTrue(store.isValid(added));
    }
    assertEquals(3, collect(CollectOptions.ALL).paths().size());
    assertEquals(0, diskBytes());
  }

  @Test
  void whatIsTouchedBetweenIsSpared() throws IOException {
    StorePath library = add("library", 10);
    StorePath program = add("program", 10, library);
    StorePath other = add("other", 10);
    Roots roots = store.roots(root, List.of(root.resolve("nix/store")));
    Collected collected =
        store.collect(
            CollectOptions.ALL, roots, paths -> assertTrue(store.query(program).isPresent()));
    assertEquals(List.of(other), collected.paths());
    assertEquals(Set.of(library, program), store.allPaths());
    assertWhole();
  }

  @Test
  void danglingPinsGoAndOthersKeep() throws IOException {
    StorePath a = add("a", 10);
    StorePath b = add("b", 10);
    StorePath c = add("c", 10);
    StorePath d = add("d", 10);
    Path auto = Files.createDirectories(root.resolve("pins/per-user/me/bc/auto"));
    Path result = temp.resolve("result");
    Files.createSymbolicLink(result, root.resolve("nix/store/" + a + "/bin"));
    Files.createSymbolicLink(auto.resolve("1"), result);
    Files.createSymbolicLink(auto.resolve("2"), temp.resolve("gone"));
    Files.writeString(temp.resolve("file"), "no link any more");
    Files.createSymbolicLink(auto.resolve("3"), temp.resolve("file"));
    String cid = store.query(b).orElseThrow().object();
    Files.createSymbolicLink(auto.resolveSibling(cid), root.resolve("store/" + cid));
    Path temporary = Files.createDirectories(root.resolve("pins/temp"));
    Files.writeString(
        temporary.resolve(Long.toString(ProcessHandle.current().pid())), "/nix/store/" + c + "\n");
    Files.writeString(temporary.resolve("999999999"), d + "\n");
    assertEquals(List.of(d), collect(CollectOptions.ALL).paths());
    assertEquals(Set.of(a, b, c), store.allPaths());
    assertFalse(Files.exists(auto.resolve("2"), LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(auto.resolve("3"), LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(temporary.resolve("999999999")));
    Files.delete(result);
    assertEquals(List.of(a), collect(CollectOptions.ALL).paths());
  }

  @Test
  void nobodyPinsInAnothersName() throws IOException {
    StorePath mine = add("mine", 10);
    StorePath others = add("others", 10);
    pin("nobody", "x", mine);
    pin("mail", "x", others);
    // The folder's owner is who pins; root's own store honours root, too.
    for (String user : List.of("nobody", "mail")) {
      Path folder = root.resolve("pins/per-user/" + user);
      Files.setOwner(
          folder,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    }
    assertEquals(List.of(others), collect(CollectOptions.ALL).paths());
  }

  @Test
  void foldersOfPinsThatAreLinksAreNotEntered() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createSymbolicLink(outside.resolve("dangling"), temp.resolve("gone"));
    Path user = Files.createDirectories(root.resolve("pins/per-user/me"));
    Files.createSymbolicLink(user.resolve("bc"), outside);
    Files.createSymbolicLink(root.resolve("pins/per-user/you"), outside);
    collect(CollectOptions.ALL);
    assertTrue(Files.isSymbolicLink(outside.resolve("dangling")));
  }

  /** The protocol of docs/formats.md, by another process: write, take the lock shared, look. */
  @Test
  void whatIsPinnedTemporarilyWhileACollectionRunsStays() throws Exception {
    StorePath pinned = add("pinned", 10);
    Path lock = Files.createDirectories(root.resolve("pins")).resolve("lock");
    Files.createFile(lock);
    Process holder =
        new ProcessBuilder("flock", "--shared", lock.toString(), "sh", "-c", "echo held; read x")
            .start();
    Process waiter = new ProcessBuilder("sh", "-c", "read x").start();
    try (var said = holder.inputReader();
        var toHolder = holder.outputWriter();
        var toWaiter = waiter.outputWriter();
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals("held", said.readLine());
      var collection = executor.submit(() -> collect(CollectOptions.ALL));
      // It can't have decided: the lock is held.
      Path temporary = Files.createDirectories(root.resolve("pins/temp"));
      Files.writeString(temporary.resolve(Long.toString(waiter.pid())), pinned + "\n");
      toHolder.write("go on\n");
      toHolder.flush();
      assertEquals(List.of(), collection.get().paths());
      toWaiter.write("end\n");
    }
    assertEquals(0, holder.waitFor());
    assertEquals(0, waiter.waitFor());
    assertEquals(List.of(pinned), collect(CollectOptions.ALL).paths());
  }

  @Test
  void filesThatARunningProcessHasOpenKeepTheirObject() throws Exception {
    StorePath path = add("open", 10);
    // A plain folder where the mount would be: what /proc says of it looks the same.
    Path file = Files.createDirectories(root.resolve("nix/store/" + path)).resolve("file");
    Files.writeString(file, "x");
    Process process = new ProcessBuilder("cat").redirectOutput(file.toFile()).start();
    try {
      assertEquals(List.of(), collect(CollectOptions.ALL).paths());
    } finally {
      process.destroy();
      process.waitFor();
    }
    assertEquals(List.of(path), collect(CollectOptions.ALL).paths());
  }

  @Test
  void derivationsOfWhatLivesLive() throws IOException {
    StorePath drv =
        store.addTexts(List.of(new Store.Text("x.drv", "Derive", new TreeSet<>()))).getFirst();
    StorePath out = add("out", 10);
    store.setDerivers(Map.of(out, drv));
    pin("me", "out", out);
    assertEquals(List.of(), collect(CollectOptions.ALL).paths());
    Files.delete(root.resolve("pins/per-user/me/bc/out"));
    assertEquals(2, collect(CollectOptions.ALL).paths().size());
  }

  @Test
  void whatACrashLeftBehindIsRemovedAndPacksAreEmptied() throws IOException {
    List<StorePath> paths = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      paths.add(add("small-" + i, 100));
    }
    Files.writeString(root.resolve("packs/999"), "of a step that never committed");
    Files.copy(
        Files.writeString(temp.resolve("x"), "torn"),
        root.resolve("blocks/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"));
    pin("me", "one", paths.get(7));
    for (StorePath path : paths.subList(20, 290)) {
      pin("me", path.toString(), path);
    }
    assertEquals(29, collect(CollectOptions.ALL).paths().size());
    try (var packs = Files.list(root.resolve("packs"))) {
      // 271 packs of one object each have become one.
      assertEquals(1, packs.count());
    }
    assertFalse(
        Files.exists(
            root.resolve("blocks/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")));
    assertWhole();
    store.close();
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    assertWhole();
    assertEquals(271, store.allPaths().size());
  }

  @Test
  void aStoreWithADamagedFolderIsNotCollected() throws IOException {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    Files.writeString(tree.resolve("file"), "content");
    StorePath path =
        store.addTree(
            "tree",
            org.buildchain.store.tree.DiskTree.of(tree.toString()),
            org.buildchain.store.path.IngestionMethod.NAR,
            org.buildchain.store.hash.HashAlgorithm.SHA256);
    add("dead", 10);
    pin("me", "tree", path);
    Path pack = root.resolve("packs/1");
    byte[] bytes = Files.readAllBytes(pack);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("file");
    bytes[at] ^= 1;
    Files.delete(pack);
    Files.write(pack, bytes);
    assertThrows(StoreException.class, () -> collect(CollectOptions.ALL));
    assertEquals(2, store.allPaths().size());
    // Once nothing keeps it, it can go.
    Files.delete(root.resolve("pins/per-user/me/bc/tree"));
    assertEquals(2, collect(CollectOptions.ALL).paths().size());
    assertEquals(0, diskBytes());
  }
}
