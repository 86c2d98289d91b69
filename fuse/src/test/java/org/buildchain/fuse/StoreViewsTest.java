package org.buildchain.fuse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on disk, read through both of its mounts. */
class StoreViewsTest {
  private static final StorePath PATH = StorePath.parse("0123456789abcdfghijklmnpqrsvwxyz-thing");

  @TempDir Path temporary;
  private DiskStore store;
  private StoreMount byPath;
  private StoreMount byCid;

  @BeforeEach
  void mount() throws IOException {
    store =
        new DiskStore(
            Files.createDirectory(temporary.resolve("root")), StoreDir.DEFAULT, Clock.systemUTC());
    MountProvider provider = new DirectMountProvider();
    MountOptions options = new MountOptions(true, 2);
    byPath =
        provider.mount(
            StoreViews.byPath(store), Files.createDirectory(temporary.resolve("paths")), options);
    byCid =
        provider.mount(
            StoreViews.byCid(store, store::byObject),
            Files.createDirectory(temporary.resolve("cids")),
            options);
    store.onChange(byPath::changed);
    store.onChange(byCid::changed);
  }

  @AfterEach
  void unmount() {
    byPath.close();
    byCid.close();
    store.close();
  }

  /** A tree with self-references in files, across block borders, and in a link. */
  private Path source() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source/bin"));
    byte[] big = MountContract.random(3 * 1024 * 1024);
    byte[] hash = PATH.hashPart().getBytes(UTF_8);
    for (int at : new int[] {0, 777, 1024 * 1024 - 5, 2 * 1024 * 1024 - 31, big.length - 32}) {
      System.arraycopy(hash, 0, big, at, hash.length);
    }
    Files.write(source.resolve("big"), big);
    Path script = Files.writeString(source.resolve("run"), "#!/bin/sh\necho " + PATH + "\n");
    assertTrue(script.toFile().setExecutable(true));
    Files.createSymbolicLink(
        source.resolve("link"), Path.of(byPath.mountpoint() + "/" + PATH + "/bin/run"));
    return source.getParent();
  }

  private PathInfo add(Path source) throws IOException {
    return store
        .addObjects(
            List.of(
                new NewObject(
                    PATH,
                    DiskTree.of(source.toString()),
                    Set.of(PATH),
                    Optional.empty(),
                    true,
                    Optional.empty())))
        .getFirst();
  }

  @Test
  void bothMountsShowTheSameBytes() throws Exception {
    Path source = source();
    assertFalse(Files.exists(byPath.mountpoint().resolve(PATH.toString())));
    PathInfo info = add(source);
    for (Path seen :
        List.of(
            byPath.mountpoint().resolve(PATH.toString()),
            byCid.mountpoint().resolve(info.object()))) {
      assertArrayEquals(
          Files.readAllBytes(source.resolve("bin/big")),
          Files.readAllBytes(seen.resolve("bin/big")));
      assertEquals(
          Files.readSymbolicLink(source.resolve("bin/link")),
          Files.readSymbolicLink(seen.resolve("bin/link")));
      assertEquals(PATH + "\n", MountContract.run(seen.resolve("bin/link").toString()));
      MountContract.run("diff", "-r", source.toString(), seen.toString());
    }
    try (var listed = Files.list(byPath.mountpoint())) {
      assertEquals(List.of(PATH.toString()), listed.map(p -> p.getFileName().toString()).toList());
    }
    try (var listed = Files.list(byCid.mountpoint())) {
      assertEquals(List.of(info.object()), listed.map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void namesThatAreNoPathsAreNotFoundAndNoFault() {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Handler handler = new Recorder(logged);
    Logger log = Logger.getLogger(Responder.class.getName());
    log.addHandler(handler);
    try {
      String path = "0123456789abcdfghijklmnpqrsvwxyz-other";
      for (String name : List.of(".links", "x", path, "bafy", "b".repeat(59), "n".repeat(255))) {
        for (StoreMount mount : List.of(byPath, byCid)) {
          Path at = mount.mountpoint().resolve(name);
          assertThrows(NoSuchFileException.class, () -> Files.size(at), name);
        }
      }
      assertEquals(List.of(), logged.stream().map(LogRecord::getMessage).toList());
    } finally {
      log.removeHandler(handler);
    }
  }

  private static final class Recorder extends Handler {
    private final List<LogRecord> records;

    Recorder(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void textsAreFiles() throws IOException {
    StorePath text =
        store.addTexts(List.of(new Store.Text("t", "content", new TreeSet<>()))).getFirst();
    assertEquals("content", Files.readString(byPath.mountpoint().resolve(text.toString())));
  }

  @Test
  void aDamagedBlockIsAnErrorNotWrongBytes() throws IOException {
    add(source());
    Path blocks = temporary.resolve("root/blocks");
    try (var files = Files.walk(blocks)) {
      for (Path block : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (Files.size(block) == 1024 * 1024) {
          byte[] content = Files.readAllBytes(block);
          content[500_000] ^= 1;
          Files.delete(block);
          Files.write(block, content);
        }
      }
    }
    Path big = byPath.mountpoint().resolve(PATH + "/bin/big");
    assertThrows(IOException.class, () -> Files.readAllBytes(big));
  }
}
