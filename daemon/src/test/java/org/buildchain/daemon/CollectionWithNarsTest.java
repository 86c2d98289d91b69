package org.buildchain.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.serve.KeptNarFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of the NARs that were kept for a living and a dead path a collection takes. */
class CollectionWithNarsTest {
  private static final int BYTES = 1000;

  @TempDir Path folder;
  private Path root;
  private Path nars;
  private DiskStore store;
  private StorePath living;
  private StorePath dead;

  @BeforeEach
  void keep() throws IOException {
    root = folder.resolve("root");
    nars = folder.resolve("nars");
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    List<StorePath> paths =
        store.addTexts(
            List.of(
                new Store.Text("living", "1", new TreeSet<>()),
                new Store.Text("dead", "2", new TreeSet<>())));
    living = paths.get(0);
    dead = paths.get(1);
    Path pins = Files.createDirectories(root.resolve("pins/per-user/me/bc"));
    Files.createSymbolicLink(pins.resolve("x"), root.resolve("nix/store/" + living));
    Files.createDirectory(nars);
    write(nar(living), 1);
    write(nar(dead), 2);
    write(nar(dead) + ".new", 0);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static String nar(StorePath path) {
    return path.hashPart() + "-" + "0".repeat(52) + ".nar.zst";
  }

  private void write(String name, int day) throws IOException {
    Path file = Files.write(nars.resolve(name), new byte[BYTES]);
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(86400L * day)));
  }

  private Collected collect(OptionalLong most, boolean dry) throws IOException {
    CollectOptions options =
        new CollectOptions(
            most, Optional.empty(), OptionalInt.empty(), Optional.empty(), true, dry);
    return new CollectionWithNars(store, new KeptNarFiles(nars))
        .run(
            options,
            o ->
                store.collect(
                    o, store.roots(root, List.of(root.resolve("nix/store"))), gone -> {}));
  }

  private Set<String> left() throws IOException {
    try (Stream<Path> files = Files.list(nars)) {
      return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void narsGoWithTheirPaths() throws IOException {
    Collected would = collect(OptionalLong.empty(), true);
    assertEquals(List.of(dead), would.paths());
    assertEquals(3, left().size());
    Collected collected = collect(OptionalLong.empty(), false);
    assertEquals(would, collected);
    assertEquals(Set.of(nar(living), nar(dead) + ".new"), left());
    // Another collection finds nothing more.
    assertEquals(0, collect(OptionalLong.empty(), false).bytes());
  }

  @Test
  void whereRoomIsWantedTheyGoBeforeAnyPath() throws IOException {
    Collected first = collect(OptionalLong.of(BYTES), false);
    assertEquals(List.of(), first.paths());
    assertEquals(BYTES, first.bytes());
    assertEquals(Set.of(nar(dead), nar(dead) + ".new"), left(), "the one used longest ago went");
    Collected second = collect(OptionalLong.of(BYTES + 1), true);
    assertEquals(List.of(dead), second.paths());
    assertEquals(2, left().size());
    assertEquals(second, collect(OptionalLong.of(BYTES + 1), false));
    assertEquals(Set.of(nar(dead) + ".new"), left());
  }

  @Test
  void withoutAFolderOfThemPathsGo() throws IOException {
    for (String name : left()) {
      Files.delete(nars.resolve(name));
    }
    Files.delete(nars);
    assertEquals(List.of(dead), collect(OptionalLong.empty(), false).paths());
  }
}
