package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedObjectTest {
  private static final StorePath LIB = StorePath.parse("1111111111111111111111111111111a-lib");
  private static final StorePath APP = StorePath.parse("2222222222222222222222222222222b-app");

  @TempDir Path folder;

  private DiskStore store;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] nar(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter nar = new NarWriter(out::write);
    nar.begin();
    nar.beginFile(false, content.length);
    nar.content(content, 0, content.length);
    nar.endFile(content.length);
    return out.toByteArray();
  }

  private StagedObject stage(StorePath path, byte[] content, StorePath... references)
      throws IOException {
    byte[] nar = nar(content);
    ForeignObject said =
        new ForeignObject(
            path,
            Hash.of(HashAlgorithm.SHA256, nar),
            nar.length,
            new TreeSet<>(List.of(references)),
            Optional.empty(),
            new TreeSet<>(),
            Optional.empty());
    return store.stageNar(said, new ByteArrayInputStream(nar)).orElseThrow();
  }

  private StagedObject stage(StorePath path, String content, StorePath... references)
      throws IOException {
    return stage(path, content.getBytes(StandardCharsets.US_ASCII), references);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private List<Path> blocks(String folder) throws IOException {
    try (Stream<Path> files = Files.list(this.folder.resolve("root").resolve(folder))) {
      return files.toList();
    }
  }

  private byte[] content(DiskStore store, StorePath path) throws IOException {
    try (InputStream in = ((FileTree.Regular) store.open(path)).open()) {
      return in.readAllBytes();
    }
  }

  @Test
  void nothingIsLeftOfWhatIsNotCommitted() throws IOException {
    try (StagedObject _ = stage(APP, noise(3 << 20), LIB)) {
      assertFalse(blocks("blocks").isEmpty());
      assertFalse(store.isValid(APP));
    }
    assertEquals(List.of(), blocks("blocks"));
    assertEquals(List.of(), blocks("packs"));
  }

  @Test
  void referencesMayComeAfterAndAllShareOneStep() throws IOException {
    String text = "uses /nix/store/" + LIB + "\n";
    try (StagedObject app = stage(APP, text, LIB);
        StagedObject lib = stage(LIB, "a library")) {
      store.commitSoon(List.of(lib, app));
    }
    assertEquals(new TreeSet<>(List.of(LIB)), store.query(APP).orElseThrow().references());
    assertArrayEquals(text.getBytes(StandardCharsets.US_ASCII), content(store, APP));
    assertEquals(1, blocks("packs").size());
    assertEquals(0, store.verify(problem -> {}));
  }

  @Test
  void aReferenceThatIsNowhereStopsTheStep() throws IOException {
    StorePath other = StorePath.parse("3333333333333333333333333333333c-other");
    try (StagedObject whole = stage(other, "another");
        StagedObject app = stage(APP, "an app", LIB)) {
      assertThrows(StoreException.class, () -> store.commitSoon(List.of(whole, app)));
    }
    assertFalse(store.isValid(other));
    assertFalse(store.isValid(APP));
    assertEquals(List.of(), blocks("packs"));
  }

  @Test
  void whatTurnsValidMeanwhileStays() throws IOException {
    try (StagedObject first = stage(LIB, "a library");
        StagedObject second = stage(LIB, "a library");
        StagedObject app = stage(APP, "an app", LIB)) {
      store.commitSoon(List.of(first));
      store.commitSoon(List.of(second, app));
    }
    assertTrue(store.isValid(APP));
    assertEquals(0, store.verify(problem -> {}));
  }

  /** The files at this moment are what a process leaves that is killed now. */
  @Test
  void whatWasCommittedOutlivesAKill() throws IOException {
    byte[] large = noise(3 << 20);
    Path killed = folder.resolve("killed");
    try (StagedObject lib = stage(LIB, large);
        StagedObject app = stage(APP, noise(2 << 20), LIB)) {
      store.commitSoon(List.of(lib));
      copy(folder.resolve("root"), killed);
      assertFalse(store.isValid(app.path()));
    }
    try (DiskStore next = new DiskStore(killed, StoreDir.DEFAULT, Clock.systemUTC())) {
      assertTrue(next.isValid(LIB));
      assertFalse(next.isValid(APP));
      assertArrayEquals(large, content(next, LIB));
      assertEquals(0, next.verify(problem -> {}));
      try (Stream<Path> files = Files.list(killed.resolve("blocks"))) {
        assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".new-")));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(from)) {
      all.forEach(files::add);
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file)));
    }
  }
}
