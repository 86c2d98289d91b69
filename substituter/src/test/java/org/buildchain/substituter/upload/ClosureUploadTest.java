package org.buildchain.substituter.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.narinfo.NarInfoReader;
import org.buildchain.substituter.net.CacheUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosureUploadTest {
  /** More than are on their way at a time. */
  private static final int MANY = 200;

  @TempDir private Path folder;
  private final ConcurrentLinkedQueue<StorePath> begun = new ConcurrentLinkedQueue<>();
  private final List<PathInfo> objects = new ArrayList<>();
  private DiskStore store;

  /** Each refers to three before it. */
  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder.resolve("store"), StoreDir.DEFAULT, Clock.systemUTC());
    List<StorePath> paths = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      SortedSet<StorePath> references = new TreeSet<>();
      for (int before : new int[] {i - 1, i - 7, i / 2}) {
        if (before >= 0 && before < i) {
          references.add(paths.get(before));
        }
      }
      paths.addAll(
          store.addTexts(
              List.of(new Store.Text("text-" + i, "text ".repeat(i * 100), references))));
    }
    paths.forEach(p -> objects.add(store.query(p).orElseThrow()));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void send(CacheFiles files, String parameters) throws IOException {
    send(store, objects, files, parameters);
  }

  private void send(Store from, List<PathInfo> paths, CacheFiles files, String parameters)
      throws IOException {
    ClosureUpload.send(
        from,
        paths,
        files,
        UploadOptions.of(
            CacheUrl.parse("file:///x?" + parameters), StoreDir.DEFAULT, f -> null, w -> {}),
        begun::add);
  }

  private Path spool() {
    return folder.resolve("spool");
  }

  private static String narInfo(PathInfo object) {
    return object.path().hashPart() + ".narinfo";
  }

  private void nothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(spool())) {
      assertEquals(0, left.count());
    }
  }

  /** Whatever has a narinfo has its file, and all that it refers to. */
  private void whatIsThereIsWhole(Map<String, byte[]> files) {
    for (PathInfo object : objects) {
      byte[] text = files.get(narInfo(object));
      if (text != null) {
        NarInfo info = NarInfoReader.read("narinfo", StoreDir.DEFAULT, text);
        assertTrue(files.containsKey(info.url()), info.url());
        for (StorePath reference : object.references()) {
          assertTrue(files.containsKey(reference.hashPart() + ".narinfo"), reference.toString());
        }
      }
    }
  }

  @Test
  void eachComesAfterWhatItRefersTo() throws IOException {
    ConcurrentLinkedQueue<String> early = new ConcurrentLinkedQueue<>();
    MemoryFiles[] files = new MemoryFiles[1];
    files[0] =
        new MemoryFiles(
            spool(),
            name ->
                objects.stream()
                    .filter(o -> narInfo(o).equals(name))
                    .flatMap(o -> o.references().stream())
                    .filter(r -> !files[0].has(r.hashPart() + ".narinfo"))
                    .forEach(r -> early.add(name)));
    send(files[0], "compression=zstd");
    assertEquals(List.of(), List.copyOf(early));
    assertEquals(MANY, begun.size());
    whatIsThereIsWhole(files[0].files);
    nothingIsLeft();
    send(files[0], "compression=zstd");
    assertEquals(MANY, begun.size());
  }

  @Test
  void afterAFailureNothingHalfIsThere() throws IOException {
    PathInfo bad = objects.get(100);
    MemoryFiles files =
        new MemoryFiles(
            spool(),
            name -> {
              if (name.equals(narInfo(bad))) {
                throw new IOException("no room");
              }
            });
    IOException e = assertThrows(IOException.class, () -> send(files, "compression=none"));
    assertEquals(
        "cannot copy '" + StoreDir.DEFAULT.print(bad.path()) + "' to 'memory://test': no room",
        e.getMessage());
    whatIsThereIsWhole(files.files);
    assertTrue(files.has(narInfo(objects.get(99))));
    assertFalse(files.has(narInfo(objects.get(101))));
    assertTrue(begun.size() < MANY, begun.size() + " have begun");
    nothingIsLeft();
  }

  @Test
  void interruptedNothingHalfIsThere() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    MemoryFiles files =
        new MemoryFiles(
            spool(),
            name -> {
              if (name.equals(narInfo(objects.get(100)))) {
                reached.countDown();
                try {
                  never.await();
                } catch (InterruptedException e) {
                  throw new InterruptedIOException("interrupted");
                }
              }
            });
    FutureTask<IOException> sending =
        new FutureTask<>(
            () -> assertThrows(IOException.class, () -> send(files, "compression=zstd")));
    Thread thread = Thread.ofPlatform().start(sending);
    reached.await();
    thread.interrupt();
    assertInstanceOf(InterruptedIOException.class, sending.get());
    whatIsThereIsWhole(files.files);
    assertTrue(files.has(narInfo(objects.get(99))));
    assertFalse(files.has(narInfo(objects.get(101))));
    nothingIsLeft();
  }

  private static final class Endless implements FileTree.Regular {
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public boolean executable() {
      return false;
    }

    @Override
    public long size() {
      return Long.MAX_VALUE / 2;
    }

    @Override
    public InputStream open() {
      return new InputStream() {
        @Override
        public int read() {
          begun.countDown();
          return 0;
        }
      };
    }
  }

  @Test
  void aCompressorIsInterrupted() throws Exception {
    Endless endless = new Endless();
    Store odd =
        (Store)
            Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (proxy, method, arguments) ->
                    method.getName().equals("open") ? endless : method.invoke(store, arguments));
    MemoryFiles files = new MemoryFiles(spool(), name -> {});
    FutureTask<IOException> sending =
        new FutureTask<>(
            () ->
                assertThrows(IOException.class, () -> send(odd, objects.subList(0, 1), files, "")));
    Thread thread = Thread.ofPlatform().start(sending);
    endless.begun.await();
    thread.interrupt();
    assertInstanceOf(InterruptedIOException.class, sending.get());
    assertEquals(Set.of("nix-cache-info"), files.files.keySet());
    nothingIsLeft();
  }

  /** The words are those of Nix 2.26.3. */
  @Test
  void anotherStoresCacheIsLeftAlone() throws IOException {
    MemoryFiles files = new MemoryFiles(spool(), name -> {});
    files.files.put(
        "nix-cache-info", "StoreDir: /other/store\n".getBytes(StandardCharsets.US_ASCII));
    FormatException e = assertThrows(FormatException.class, () -> send(files, ""));
    assertEquals(
        "binary cache 'memory://test' is for Nix stores with prefix '/other/store', not"
            + " '/nix/store'",
        e.getMessage());
    assertEquals(1, files.files.size());
  }
}
