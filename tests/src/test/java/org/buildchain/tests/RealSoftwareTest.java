package org.buildchain.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GNU hello, Lua and Redis from Debian's sources, compiled by bc and by the machine's Nix: the same
 * paths and bytes, and the programs run. None of the three differs between two builds: Redis takes
 * the time and the host's name into its build id unless {@code SOURCE_DATE_EPOCH} is set, which the
 * expression does.
 */
@Tag("slow")
class RealSoftwareTest {
  private static final Path FOLDER = Path.of("software").toAbsolutePath();
  private static final Path SOURCES = Path.of("target/sources").toAbsolutePath();
  private static final String EXPRESSION = "import ./default.nix { sources = " + SOURCES + "; }";
  private static final int CHUNK = 1024 * 1024;

  private static final Bc BC = new Bc();
  private static SortedMap<String, SameAsNix.Built> ours;

  @BeforeAll
  static void build() {
    Command.run(
            FOLDER,
            Map.of(),
            List.of("./fetch-sources", SOURCES.toString(), "hello", "lua5.4", "redis"))
        .orFail();
    ours = SameAsNix.byBc(BC, FOLDER, EXPRESSION);
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Path view(String name) {
    return BC.view(ours.get(name).outputs().get("out").path());
  }

  private static String run(Path program, String... arguments) {
    return Command.run(
            Path.of("/"),
            Map.of("LC_ALL", "C"),
            Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList())
        .orFail();
  }

  @Test
  void allAreTheSameAsByNix() {
    assertEquals(SameAsNix.byNix(FOLDER, EXPRESSION), ours);
  }

  @Test
  void helloPrints() {
    assertEquals("Hello, world!\n", run(view("hello").resolve("bin/hello")));
    assertEquals("you\n", run(view("hello").resolve("bin/hello"), "-g", "you"));
  }

  @Test
  void luaComputes() {
    assertEquals(
        "144\n",
        run(
            view("lua").resolve("bin/lua"),
            "-e",
            "local function f(n) return n < 2 and n or f(n - 1) + f(n - 2) end print(f(12))"));
    assertTrue(
        run(view("lua").resolve("bin/lua"), "-e", "print(package.path)")
            .contains(ours.get("lua").outputs().get("out").path() + "/share/lua"));
  }

  @Test
  void redisAnswers(@TempDir Path temporary) throws Exception {
    Path address = temporary.resolve("socket");
    Process server =
        new ProcessBuilder(
                view("redis").resolve("bin/redis-server").toString(),
                "--port",
                "0",
                "--unixsocket",
                address.toString(),
                "--save",
                "")
            .redirectErrorStream(true)
            .start();
    try {
      var log = server.inputReader();
      for (String line = log.readLine(); !line.contains("Ready to accept"); ) {
        line = log.readLine();
        assertTrue(line != null, "redis-server ended");
      }
      try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(address))) {
        Channels.newOutputStream(socket).write("PING\r\n".getBytes(UTF_8));
        assertEquals("+PONG\r\n", new String(Channels.newInputStream(socket).readNBytes(7), UTF_8));
      }
    } finally {
      server.destroy();
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
    }
  }

  /**
   * Files are stored with the object's own hash part zeroed, in blocks of 1 MiB: so what the two
   * hellos share stands once in the store, unless it holds the name as well.
   */
  @Test
  void twoNamesShareAllBlocksButThoseThatDiffer() throws IOException {
    SortedMap<String, byte[]> hello = zeroed("hello");
    SortedMap<String, byte[]> renamed = zeroed("hello-renamed");
    assertEquals(hello.keySet(), renamed.keySet());
    List<String> stored = stored();
    int shared = 0;
    for (String file : hello.keySet()) {
      boolean equal = MessageDigest.isEqual(hello.get(file), renamed.get(file));
      shared += equal ? 1 : 0;
      boolean named =
          new String(hello.get(file), ISO_8859_1).contains("-hello-2.10")
              && new String(renamed.get(file), ISO_8859_1).contains("-renamed-2.10");
      assertEquals(!named, equal, file + " differs otherwise than by the name");
      for (byte[] content : List.of(hello.get(file), renamed.get(file))) {
        for (int from = 0; from < content.length; from += CHUNK) {
          int length = Math.min(CHUNK, content.length - from);
          int times = times(new String(content, from, length, ISO_8859_1), stored);
          assertTrue(times > 0, file + " is not stored with its own hash zeroed");
          // What is short may stand in something else as well.
          assertTrue(times == 1 || length < 100, file + " is stored " + times + " times");
        }
      }
    }
    assertTrue(shared > 5, "only " + shared + " files are shared");
    assertTrue(shared < hello.size(), "hello refers to itself");
  }

  /** The files of an object, its own hash part zeroed in each. */
  private static SortedMap<String, byte[]> zeroed(String name) throws IOException {
    Path top = view(name);
    String hash = top.getFileName().toString().substring(0, 32);
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(top)) {
      for (Path file :
          walk.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        String text = new String(Files.readAllBytes(file), ISO_8859_1);
        files.put(
            top.relativize(file).toString(),
            text.replace(hash, "\0".repeat(32)).getBytes(ISO_8859_1));
      }
    }
    assertFalse(files.isEmpty());
    return files;
  }

  /** What the files that hold blocks hold. */
  private static List<String> stored() throws IOException {
    List<String> contents = new ArrayList<>();
    for (String folder : List.of("blocks", "packs")) {
      try (Stream<Path> files = Files.list(BC.root().resolve(folder))) {
        for (Path file : files.toList()) {
          contents.add(Files.readString(file, ISO_8859_1));
        }
      }
    }
    return contents;
  }

  private static int times(String sought, List<String> contents) {
    int times = 0;
    for (String content : contents) {
      for (int at = content.indexOf(sought); at >= 0; at = content.indexOf(sought, at + 1)) {
        times++;
      }
    }
    return times;
  }
}
