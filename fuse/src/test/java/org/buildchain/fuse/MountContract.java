package org.buildchain.fuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.buildchain.fuse.device.MountTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every way of mounting must do. A subclass names the way. Runs on a real mount, as root. */
abstract class MountContract {
  /** More than there may be processors. */
  private static final int THREADS = Math.max(4, Runtime.getRuntime().availableProcessors() + 2);

  @TempDir Path temporary;

  final MemoryView view = new MemoryView();
  private MemoryView.Folder object;
  private StoreMount mount;
  private Path at;

  abstract MountProvider provider();

  @BeforeEach
  void mountTheView() throws IOException {
    object = view.root.folder("object");
    at = Files.createDirectory(temporary.resolve("mnt"));
    mount = provider().mount(view, at, new MountOptions(true, THREADS));
    at = mount.mountpoint();
    view.onChange(() -> mount.changed());
  }

  @AfterEach
  void unmount() {
    mount.close();
  }

  @Test
  void nothingIsMissingOnThisMachine() {
    assertEquals(List.of(), provider().probe());
  }

  @Test
  void bytesAreEqualAtAnyOffset() throws IOException {
    byte[] content = random(3 * 1024 * 1024 + 17);
    object.file("big", content, false);
    object.file("empty", new byte[0], false);
    object.file("one", new byte[] {42}, false);

    assertArrayEquals(content, Files.readAllBytes(at.resolve("object/big")));
    assertArrayEquals(new byte[0], Files.readAllBytes(at.resolve("object/empty")));
    assertArrayEquals(new byte[] {42}, Files.readAllBytes(at.resolve("object/one")));
    Random random = new Random(1);
    try (RandomAccessFile file = new RandomAccessFile(at.resolve("object/big").toFile(), "r")) {
      for (int i = 0; i < 200; i++) {
        int offset = random.nextInt(content.length);
        byte[] piece = new byte[Math.min(1 + random.nextInt(200_000), content.length - offset)];
        file.seek(offset);
        file.readFully(piece);
        assertEquals(ByteBuffer.wrap(content, offset, piece.length), ByteBuffer.wrap(piece));
      }
      file.seek(content.length);
      assertEquals(-1, file.read());
    }
  }

  @Test
  void filesAreReadByMmap() throws IOException {
    byte[] content = random(1024 * 1024 + 5);
    object.file("mapped", content, false);
    try (FileChannel channel = FileChannel.open(at.resolve("object/mapped"))) {
      MappedByteBuffer map = channel.map(MapMode.READ_ONLY, 0, content.length);
      assertEquals(ByteBuffer.wrap(content), map);
    }
  }

  @Test
  void attributesAreThoseOfAStore() throws IOException {
    object.file("plain", new byte[1000], false);
    object.file("run", new byte[1], true);
    object.link("link", "plain");
    object.folder("folder");

    assertAttributes("", 0040555, null);
    assertAttributes("object/folder", 0040555, null);
    assertAttributes("object/plain", 0100444, 1000L);
    assertAttributes("object/run", 0100555, 1L);
    assertAttributes("object/link", 0120777, 5L);
  }

  private void assertAttributes(String path, int mode, Long size) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(at.resolve(path), "unix:*", LinkOption.NOFOLLOW_LINKS);
    assertEquals(Integer.toOctalString(mode), Integer.toOctalString((int) found.get("mode")));
    assertEquals(0, found.get("uid"));
    assertEquals(0, found.get("gid"));
    assertEquals(1, found.get("nlink"));
    // The root's time tells of changes, to less than a second.
    String time = found.get("lastModifiedTime").toString();
    assertEquals("1970-01-01T00:00:01", time.substring(0, 19));
    if (size != null) {
      assertEquals("1970-01-01T00:00:01Z", time);
    }
    if (size != null) {
      assertEquals(size, found.get("size"));
    }
  }

  @Test
  void inodesInListingsAreThoseOfTheFiles() throws Exception {
    object.file("a", new byte[1], false);
    object.folder("b");
    // ls -i takes the numbers from the listing, stat from the file.
    String listed = run("ls", "-iU", at.resolve("object").toString());
    for (String name : List.of("a", "b")) {
      String number = run("stat", "-c", "%i", at.resolve("object/" + name).toString()).strip();
      assertTrue(listed.contains(number + " " + name), listed);
    }
  }

  @Test
  void aFolderOf5000EntriesIsListedWhole() throws IOException {
    MemoryView.Folder folder = object.folder("many");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 5000; i++) {
      String name = "entry-" + i + "-" + "x".repeat(i % 200);
      names.add(name);
      folder.file(name, new byte[0], false);
    }
    try (var listed = Files.list(at.resolve("object/many"))) {
      List<String> found = listed.map(p -> p.getFileName().toString()).toList();
      assertEquals(5000, found.size());
      assertEquals(names, new HashSet<>(found));
    }
  }

  @Test
  void linksReadAsTheyWereWritten() throws IOException {
    String longest = "d/".repeat(2047) + "e";
    object.link("dangling", "/nowhere/at all");
    object.link("longest", longest);
    object.folder("d").file("target", "found".getBytes(UTF_8), false);
    object.link("inside", "d/target");

    assertEquals("/nowhere/at all", readlink("object/dangling"));
    assertEquals(longest, readlink("object/longest"));
    assertEquals("found", Files.readString(at.resolve("object/inside")));
    assertThrows(FileSystemException.class, () -> readlink("object/d"));
  }

  private String readlink(String path) throws IOException {
    return Files.readSymbolicLink(at.resolve(path)).toString();
  }

  @Test
  void namesAreBytes() throws Exception {
    String latin = "caf\u00e9";
    String utf8 = new String("日本語".getBytes(UTF_8), ISO_8859_1);
    String longest = "n".repeat(255);
    String odd = "a b\tc\\\"'*?\u0001\u00ff";
    for (String name : List.of(latin, utf8, longest, odd)) {
      object.file(name, ("I am " + name).getBytes(ISO_8859_1), false);
    }
    object.link("to", "\u00fe\u00ff");

    // The shell handles names as bytes, which Java's Path doesn't.
    for (String name : List.of(latin, utf8, longest, odd)) {
      StringBuilder escaped = new StringBuilder();
      for (byte b : name.getBytes(ISO_8859_1)) {
        escaped.append(String.format("\\%03o", b));
      }
      String shown = run("sh", "-c", "cat \"$1/$(printf '" + escaped + "')\"", "-", at + "/object");
      assertEquals("I am " + name, shown);
    }
    String listing =
        run(
            "sh",
            "-c",
            "ls -1 --quoting-style=literal --show-control-chars \"$1\"",
            "-",
            at + "/object");
    for (String name : List.of(latin, utf8, longest, odd)) {
      assertTrue(listing.contains(name + "\n"), listing);
    }
    assertEquals("\u00fe\u00ff\n", run("readlink", at + "/object/to"));
  }

  @Test
  void programsRunFromIt() throws Exception {
    object.file("script", "#!/bin/sh\necho \"ran with $1\"\n".getBytes(UTF_8), true);
    object.file("binary", Files.readAllBytes(Path.of("/bin/echo")), true);
    object.file("not-executable", "#!/bin/sh\n".getBytes(UTF_8), false);

    assertEquals("ran with x\n", run(at + "/object/script", "x"));
    assertEquals("hello\n", run(at + "/object/binary", "hello"));
    assertThrows(IOException.class, () -> run(at + "/object/not-executable"));
  }

  @Test
  void manyReadAtOnce() throws Exception {
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      contents.add(random(100_000 + i * 7919));
      object.folder("f" + i).file("file", contents.get(i), false);
    }
    List<Callable<Void>> readers = new ArrayList<>();
    for (int reader = 0; reader < 16; reader++) {
      int start = reader;
      readers.add(
          () -> {
            for (int i = 0; i < 20; i++) {
              int which = (start + i) % 20;
              assertArrayEquals(
                  contents.get(which),
                  Files.readAllBytes(at.resolve("object/f" + which + "/file")));
            }
            return null;
          });
    }
    try (var executor = Executors.newFixedThreadPool(16)) {
      for (var reader : executor.invokeAll(readers)) {
        reader.get();
      }
    }
  }

  /** As for the disk, or for a block that comes from the network. */
  @Test
  void oneOfItsThreadsIsLeftWhileTheOthersWait() throws Exception {
    byte[] content = random(1000);
    object.file("file", content, false);
    CountDownLatch reading = new CountDownLatch(THREADS - 1);
    CountDownLatch until = new CountDownLatch(1);
    List<Future<byte[]>> waiting = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(THREADS - 1)) {
      for (int i = 1; i < THREADS; i++) {
        String name = "waiting-" + i;
        object.waiting(name, reading, until);
        waiting.add(executor.submit(() -> Files.readAllBytes(at.resolve("object/" + name))));
      }
      reading.await();
      assertArrayEquals(content, Files.readAllBytes(at.resolve("object/file")));
      until.countDown();
      for (Future<byte[]> one : waiting) {
        assertArrayEquals(new byte[] {'x'}, one.get());
      }
    }
  }

  @Test
  void nothingCanBeChanged() throws Exception {
    object.file("file", new byte[1], true);
    Path file = at.resolve("object/file");
    for (List<String> attempt :
        List.of(
            List.of("sh", "-c", "echo x >> " + file),
            List.of("touch", at + "/object/new"),
            List.of("mkdir", at + "/new"),
            List.of("rm", "-f", file.toString()),
            List.of("chmod", "777", file.toString()),
            List.of("chown", "1", file.toString()),
            List.of("touch", file.toString()),
            List.of("truncate", "-s0", file.toString()),
            List.of("mv", file.toString(), at + "/object/other"),
            List.of("ln", file.toString(), at + "/object/other"),
            List.of("ln", "-s", "x", at + "/object/other"))) {
      String said = failing(attempt);
      assertTrue(said.contains("Read-only file system"), attempt + ": " + said);
    }
  }

  @Test
  void whatIsNotThereIsNotFound() {
    object.file("file", new byte[1], false);
    for (String path : List.of("none", "none/x", "object/none", "object/none/deeper")) {
      assertThrows(NoSuchFileException.class, () -> Files.size(at.resolve(path)), path);
    }
    assertThrows(FileSystemException.class, () -> Files.size(at.resolve("object/file/x")));
  }

  @Test
  void aNewPathIsVisibleAtOnce() throws IOException {
    for (int i = 0; i < 100; i++) {
      String name = "new-" + i;
      assertFalse(Files.exists(at.resolve(name)));
      view.root.file(name, name.getBytes(UTF_8), false);
      assertEquals(name, Files.readString(at.resolve(name)));
    }
    try (var listed = Files.list(at)) {
      assertEquals(101, listed.count());
    }
  }

  /** Or the collector would take all objects for used whenever somebody lists them. */
  @Test
  void whoListsTheTopOpensNothing() throws IOException {
    view.root.folder("another");
    assertEquals(List.of("another", "object"), names(at));
    assertEquals(0, view.opened.get());
  }

  @Test
  void whatIsRemovedIsGoneAtOnce() throws IOException {
    view.root.folder("object-1").file("file", "first".getBytes(UTF_8), false);
    view.root.file("object-2", "stays".getBytes(UTF_8), false);
    Path file = at.resolve("object-1/file");
    assertEquals("first", Files.readString(file));
    assertEquals("stays", Files.readString(at.resolve("object-2")));
    assertEquals(List.of("object", "object-1", "object-2"), names(at));

    view.root.remove("object-1");
    mount.removed(List.of("object-1", "never seen", "", "n".repeat(300)));
    assertThrows(NoSuchFileException.class, () -> Files.readString(file));
    assertThrows(NoSuchFileException.class, () -> Files.size(at.resolve("object-1")));
    assertEquals(List.of("object", "object-2"), names(at));
    assertEquals("stays", Files.readString(at.resolve("object-2")));

    // A build that is made again may have other bytes.
    view.root.folder("object-1").file("file", "another".getBytes(UTF_8), false);
    assertEquals("another", Files.readString(file));
  }

  private static List<String> names(Path folder) throws IOException {
    try (var listed = Files.list(folder)) {
      return listed.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theListingOfTheTopFollowsEachChange() throws IOException {
    for (int i = 0; i < 50; i++) {
      view.root.file("f" + i, new byte[0], false);
      assertEquals(i + 2, names(at).size());
      // Twice, so that the kernel has it in its cache.
      assertEquals(i + 2, names(at).size());
    }
  }

  @Test
  void aListingGoesOnWhereItWasLeft() throws Exception {
    MemoryView.Folder folder = object.folder("many");
    for (int i = 0; i < 3000; i++) {
      folder.file("entry-" + i, new byte[0], false);
    }
    // telldir in the middle, to the end, seekdir back: the rest comes again, in the same order.
    String script =
        "opendir(D, $ARGV[0]); for my $round (1, 2) {"
            + " readdir(D) for 1..1000; my $place = telldir(D); my @first = readdir(D);"
            + " seekdir(D, $place); my @again = readdir(D);"
            + " print \"@first\" eq \"@again\" ? scalar(@first) : 'differs', \"\\n\";"
            + " rewinddir(D) }";
    assertEquals("2002\n2002\n", run("perl", "-e", script, at + "/object/many"));
  }

  /** The reader gets EIO; the log says where and why. */
  @Test
  void whatCannotBeReadIsAnError() {
    List<String> said = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord one) {
            said.add(one.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("org.buildchain.fuse");
    logger.addHandler(handler);
    try {
      whatIsBrokenCannotBeRead();
    } finally {
      logger.removeHandler(handler);
    }
    assertTrue(
        said.contains("cannot read /object/damaged: block is damaged (this is the test's intent)"),
        said.toString());
  }

  private void whatIsBrokenCannotBeRead() {
    object.broken("damaged", 1000);
    IOException e =
        assertThrows(IOException.class, () -> Files.readAllBytes(at.resolve("object/damaged")));
    assertEquals("Input/output error", e.getMessage());
  }

  @Test
  void closingUnmountsAlsoWhileAFileIsOpen() throws IOException {
    // More than the kernel reads ahead: what it holds it goes on to show.
    byte[] content = random(32 * 1024 * 1024);
    object.file("open", content, false);
    try (RandomAccessFile file = new RandomAccessFile(at.resolve("object/open").toFile(), "r")) {
      assertEquals(content[0] & 0xff, file.read());
      mount.close();
      mount.close();
      assertFalse(Files.exists(at.resolve("object")));
      assertEquals(List.of(), MountTable.typesAt(at));
      file.seek(31_000_000);
      assertThrows(IOException.class, () -> file.readFully(new byte[1_000_000]));
    }
  }

  @Test
  void aFolderCanBeMountedAgain() throws IOException {
    object.file("file", "again".getBytes(UTF_8), false);
    for (int i = 0; i < 5; i++) {
      mount.close();
      mount = provider().mount(view, at, new MountOptions(true, 2));
      assertEquals("again", Files.readString(at.resolve("object/file")));
    }
    assertEquals(1, MountTable.typesAt(at).size());
  }

  @Test
  void onlyAFolderCanBeMounted() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    MountOptions options = new MountOptions(true, 1);
    for (Path place : List.of(file, temporary.resolve("missing"))) {
      IOException e = assertThrows(IOException.class, () -> provider().mount(view, place, options));
      assertTrue(e.getMessage().contains("not a folder"), e.getMessage());
    }
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** What a program that succeeds prints, as an octet string. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /** What a program that fails prints. */
  private static String failing(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertTrue(process.waitFor() != 0, command + " succeeded");
    return output;
  }
}
