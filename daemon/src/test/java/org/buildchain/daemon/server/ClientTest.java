package org.buildchain.daemon.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The C client, {@code native/bc}, against the daemon's side in Java, and against a liar. */
class ClientTest {
  @TempDir Path temp;
  private Path root;
  private Path client;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    // Longer than a socket's address may be.
    root = temp.resolve("r".repeat(120));
    Files.createDirectories(root);
    Files.createDirectory(
        root.resolve("daemon"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    client = temp.resolve("bc");
    Files.copy(Path.of(System.getProperty("bc.native"), "bc"), client);
    launch("build-1", "/bin/false");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  private void launch(String build, String... command) throws IOException {
    Files.writeString(temp.resolve("bc.launch"), build + "\n" + String.join("\n", command) + "\n");
  }

  /** A socket in the root's folder, by a link short enough for an address. */
  private Path socket() throws IOException {
    Path link = Files.createTempDirectory("bc").resolve("d");
    Files.createSymbolicLink(link, root.resolve("daemon"));
    return link.resolve("socket");
  }

  private Listener serve(CommandHandler handler) throws IOException {
    Listener listener = new Listener(socket(), "build-1", Duration.ZERO);
    open.add(listener);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                listener.serve(handler);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return listener;
  }

  private ProcessBuilder bc(String... args) {
    List<String> command = new ArrayList<>(List.of(client.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().put("BC_ROOT", root.toString());
    return builder;
  }

  private record Result(int status, String out, String err) {}

  private static Result finish(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String out = text(process.getInputStream());
    String err = text(process.getErrorStream());
    return new Result(process.waitFor(), out, err);
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void write(OutputStream to, byte[] bytes) {
    try {
      to.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void handsOverWhatItKnowsAndRelaysWhatComesBack() throws Exception {
    serve(
        caller -> {
          Invocation i = caller.invocation();
          String said =
              String.join("|", i.args())
                  + " "
                  + i.cwd()
                  + " "
                  + i.env().get("COLOUR")
                  + " "
                  + i.stdoutIsTerminal();
          write(caller.out(), said.getBytes(StandardCharsets.ISO_8859_1));
          write(caller.err(), "problem".getBytes(StandardCharsets.UTF_8));
          return 42;
        });
    ProcessBuilder builder = bc("build", "", "gr\u00fc\u00df");
    builder.environment().put("COLOUR", "blue");
    Result result = finish(builder.start());
    assertEquals("build||gr\u00fc\u00df " + temp.toRealPath() + " blue false", result.out());
    assertEquals("problem", result.err());
    assertEquals(42, result.status());
  }

  @Test
  void largeInputAndOutputArriveUnchanged() throws Exception {
    serve(
        caller -> {
          try {
            caller.in().transferTo(caller.out());
          } catch (IOException e) {
            return 1;
          }
          return 0;
        });
    byte[] data = new byte[3_000_001];
    new Random(1).nextBytes(data);
    Path input = Files.write(temp.resolve("input"), data);
    Process process = bc("cat").redirectInput(input.toFile()).start();
    assertArrayEquals(data, process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor());
  }

  @Test
  void leavesItsInputAloneUntilItIsWanted() throws Exception {
    serve(caller -> 0);
    // The shell's second command gets what the client did not take.
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "printf rest | { \"$0\" x; cat; }", client.toString());
    builder.environment().put("BC_ROOT", root.toString());
    assertEquals("rest", finish(builder.start()).out());
  }

  @Test
  void ctrlCStopsTheCommandAndWaitsForItsAnswer() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    serve(
        caller -> {
          running.countDown();
          try {
            new CountDownLatch(1).await();
            return 0;
          } catch (InterruptedException e) {
            write(caller.err(), ("stopped " + caller.cancelled()).getBytes(StandardCharsets.UTF_8));
            return 7;
          }
        });
    // A shell's background jobs, and what runs in them, ignore SIGINT: also these tests, perhaps.
    ProcessBuilder builder = bc("wait");
    builder.command().addAll(0, List.of("env", "--default-signal=INT"));
    Process process = builder.start();
    running.await();
    signal(process, "INT");
    Result result = finish(process);
    assertEquals("stopped true", result.err());
    assertEquals(7, result.status());
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void aClientThatIsKilledCancelsItsCommand() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    serve(
        caller -> {
          running.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            cancelled.countDown();
          }
          return 0;
        });
    Process process = bc("wait").start();
    running.await();
    process.destroyForcibly().waitFor();
    cancelled.await();
  }

  @Test
  void stopEndsTheDaemonAndStatusSaysSo() throws Exception {
    serve(caller -> CommandHandler.STOP);
    // The connection of a stop ends with the process, which here is the test's own: so ask, and
    // see that the service ends.
    Process process = bc("daemon", "stop").start();
    awaitGone(root.resolve("daemon/socket"));
    process.destroyForcibly().waitFor();
    Result status = finish(bc("daemon", "status").start());
    assertEquals(3, status.status());
    assertEquals("no daemon runs for '" + root + "'\n", status.out());
  }

  /** Waits for a file to go, by the folder's own events. */
  private static void awaitGone(Path file) throws IOException, InterruptedException {
    try (var watcher = file.getFileSystem().newWatchService()) {
      file.getParent().register(watcher, StandardWatchEventKinds.ENTRY_DELETE);
      while (Files.exists(file)) {
        watcher.take().reset();
      }
    }
  }

  @Test
  void showsWhyTheDaemonDoesNotStart() throws Exception {
    launch("build-1", "/bin/sh", "-c", "echo the disk is on fire >&2; exit 1");
    Result result = finish(bc("build").start());
    assertEquals(1, result.status());
    assertTrue(result.err().startsWith("the disk is on fire\nerror: the daemon could not start"));
  }

  /** A soft limit is raised, a hard one is named. */
  @Test
  void limitsUnderWhichNoDaemonCouldRunAreNamed() throws Exception {
    Path files = temp.resolve("files");
    launch("build-1", "/bin/sh", "-c", "ulimit -n >" + files);
    finish(limited("-Sn 64").start());
    assertTrue(Integer.parseInt(Files.readString(files).strip()) >= 256);
    Result result = finish(limited("-v 4000000").start());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("needs 549755813888 bytes of address space"), result.err());
    assertTrue(result.err().contains("is 4096000000 ('ulimit -Hv' tells)"), result.err());
  }

  private ProcessBuilder limited(String limit) {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "ulimit " + limit + "; exec \"$0\" x", client.toString());
    builder.environment().put("BC_ROOT", root.toString());
    return builder;
  }

  @Test
  void refusesAFolderThatOthersCanWriteTo() throws Exception {
    Files.setPosixFilePermissions(
        root.resolve("daemon"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Result result = finish(bc("build").start());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("writable by others"), result.err());
  }

  /** A daemon that reads the request and answers with these bytes. */
  private void lie(byte[] answer) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(server);
    server.bind(UnixDomainSocketAddress.of(socket()));
    Thread.ofVirtual()
        .start(
            () -> {
              try (SocketChannel peer = server.accept()) {
                peer.read(ByteBuffer.allocate(1 << 16));
                peer.write(ByteBuffer.wrap(answer));
              } catch (IOException e) {
                // The client is gone.
              }
            });
  }

  @Test
  void aDaemonThatGoesAwayIsAnError() throws Exception {
    lie(new byte[] {0, 0, 0, 9, 10});
    Result result = finish(bc("build").start());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("has gone away before the command ended"), result.err());
    assertTrue(result.err().contains("for want of memory"), result.err());
  }

  @Test
  void framesThatAreTooLongOrMalformedAreErrors() throws Exception {
    lie(new byte[] {0x7f, 0, 0, 0});
    Result result = finish(bc("build").start());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("sent a frame of 2130706432 bytes"), result.err());
  }

  @Test
  void bytesThatAreNoFrameAreErrors() throws Exception {
    // A field of bytes (0a) whose length (7f) exceeds the frame.
    lie(new byte[] {0, 0, 0, 2, 0x0a, 0x7f});
    Result result = finish(bc("build").start());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("does not speak this client's protocol"), result.err());
  }
}
