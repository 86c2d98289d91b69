package org.buildchain.daemon.host.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFilesTest {
  @TempDir Path temp;
  private final AtomicInteger opens = new AtomicInteger();
  private final AtomicBoolean gone = new AtomicBoolean();
  private DiskStore disk;
  private StoreFiles files;
  private StorePath object;
  private String top;

  @BeforeEach
  void make() throws IOException {
    Path tree = temp.resolve("tree");
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/b/file"), "text");
    Files.createSymbolicLink(tree.resolve("a/link"), Path.of("b"));
    disk = new DiskStore(temp.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC());
    object =
        disk.addTree(
            "tree", DiskTree.of(tree.toString()), IngestionMethod.NAR, HashAlgorithm.SHA256);
    files = new StoreFiles(counting());
    top = disk.dir().print(object);
  }

  @AfterEach
  void close() {
    disk.close();
  }

  /** The store, which may have lost its objects, and counts how often one is opened. */
  private Store counting() {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("open")) {
                opens.incrementAndGet();
              }
              if (method.getName().equals("isValid") && gone.get()) {
                return false;
              }
              try {
                return method.invoke(disk, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void findsWhatIsThere() throws IOException {
    for (int i = 0; i < 2; i++) {
      assertEquals(Optional.of(FileType.DIRECTORY), files.typeOf(object, top));
      assertEquals(Optional.of(FileType.DIRECTORY), files.typeOf(object, top + "/a//b"));
      assertEquals(Optional.of(FileType.REGULAR), files.typeOf(object, top + "/a/b/file"));
      assertEquals(Optional.of(FileType.SYMLINK), files.typeOf(object, top + "/a/link"));
      assertEquals(Optional.empty(), files.typeOf(object, top + "/a/link/file"));
      assertEquals(Optional.empty(), files.typeOf(object, top + "/a/b/file/x"));
      assertEquals(Optional.empty(), files.typeOf(object, top + "/a/c"));
      assertEquals("text", files.readFile(object, top + "/a/b/file"));
      assertEquals("b", files.readLink(object, top + "/a/link"));
      assertEquals(Set.of("b", "link"), files.readDirectory(object, top + "/a").keySet());
    }
  }

  @Test
  void opensAnObjectOnce() throws IOException {
    for (String path : List.of("", "/a", "/a/b", "/a/b/file", "/a/b/file")) {
      files.typeOf(object, top + path);
    }
    assertEquals(1, opens.get());
  }

  /** What was collected must not be read on. */
  @Test
  void forgetsWhatIsNotValidAnyMore() throws IOException {
    files.typeOf(object, top + "/a");
    gone.set(true);
    assertEquals(Optional.empty(), files.typeOf(object, top + "/a"));
    gone.set(false);
    assertEquals(Optional.of(FileType.DIRECTORY), files.typeOf(object, top + "/a"));
    assertEquals(2, opens.get());
  }
}
