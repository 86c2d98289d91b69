package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose disk has falsified or lost blocks, and gets them again. */
class DamageTest {
  private static final StorePath OBJECT = StorePath.parse("0123456789abcdfghijklmnpqrsvwxyz-thing");

  @TempDir Path root;
  private DiskStore store;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StorePath text() throws IOException {
    return store.addTexts(List.of(new Store.Text("t", "some text", new TreeSet<>()))).getFirst();
  }

  private StorePath tree() throws IOException {
    MemoryFile file = new MemoryFile(Octets.bytes("some tree"), false);
    return store.addTree("tree", file, IngestionMethod.NAR, HashAlgorithm.SHA256);
  }

  /** Refers to itself; its second chunk has a file of its own. */
  private void object(Store to) throws IOException {
    byte[] data = new byte[(1 << 20) + (200 << 10)];
    new Random(5).nextBytes(data);
    System.arraycopy(Octets.bytes(OBJECT.hashPart()), 0, data, 99, 32);
    MemoryFile file = new MemoryFile(data, false);
    to.addObjects(
        List.of(new NewObject(OBJECT, file, Set.of(), Optional.empty(), true, Optional.empty())));
  }

  private List<String> verify() {
    List<String> problems = new ArrayList<>();
    store.verify(problems::add);
    return problems;
  }

  /** Changes the last octet of each file, or removes the file. */
  private void damage(boolean remove) throws IOException {
    store.close();
    for (String folder : List.of("packs", "blocks")) {
      try (Stream<Path> files = Files.list(root.resolve(folder))) {
        for (Path file : files.toList()) {
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length - 1] ^= 1;
          Files.delete(file);
          if (!remove) {
            Files.write(file, bytes);
          }
        }
      }
    }
    open();
  }

  @Test
  void whatIsAddedAgainIsWholeAgain() throws IOException {
    for (boolean remove : List.of(false, true)) {
      StorePath text = text();
      StorePath tree = tree();
      object(store);
      damage(remove);
      assertEquals(3, verify().size());
      // Nobody looks at what is on the disk as long as nobody has found it damaged.
      text();
      assertEquals(3, verify().size());
      assertTrue(store.forgetDamagedBlocks() >= 3);

      // It is remembered.
      store.close();
      open();
      assertTrue(store.isValid(OBJECT));
      assertFalse(store.wholePaths().isValid(OBJECT));
      assertEquals(text, text());
      assertEquals(2, verify().size());
      assertEquals(tree, tree());
      assertEquals(1, verify().size());
      object(store.wholePaths());
      assertEquals(List.of(), verify());
      assertTrue(store.wholePaths().isValid(OBJECT));
      store.mended();
    }
  }

  @Test
  void anotherContentMendsNothing() throws IOException {
    object(store);
    damage(false);
    store.forgetDamagedBlocks();
    MemoryFile other = new MemoryFile(new byte[100], false);
    store.addObjects(
        List.of(new NewObject(OBJECT, other, Set.of(), Optional.empty(), true, Optional.empty())));
    assertEquals(1, verify().size());
    object(store);
    assertEquals(List.of(), verify());
  }

  @Test
  void whatIsWholeIsLeftAlone() throws IOException {
    object(store);
    assertEquals(0, store.forgetDamagedBlocks());
    assertTrue(store.wholePaths().isValid(OBJECT));
  }
}
