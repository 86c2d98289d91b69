package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bc serve} with connections on which nothing, or too little, comes. */
class ManyClientsTest {
  private static final Pattern USED = Pattern.compile("garbage-first heap .*, used (\\d+)K");

  /** What a connection that sends the half of a head may take of the daemon's heap. */
  private static final long BYTES_EACH = 48 << 10;

  private static final Bc BC = new Bc();

  /** As many machines have it by default; the JVM raises its own to the hard limit. */
  private static final int FEW_FILES = 1024;

  @TempDir private static Path folder;
  private static Served served;
  private static String narinfo;

  @BeforeAll
  static void serve() throws IOException {
    Path file = Files.writeString(BC.root().resolve("content"), "served\n");
    String path = BC.run("store", "add", file.toString()).orFail().strip();
    narinfo = path.substring("/nix/store/".length()).substring(0, 32) + ".narinfo";
    served = new Served(BC, folder);
  }

  @AfterAll
  static void stop() {
    served.close();
    BC.close();
  }

  /** The daemon's heap after a collection, in bytes. */
  private static long heap() {
    ProcessHandle daemon =
        ProcessHandle.allProcesses()
            .filter(ManyClientsTest::isDaemon)
            .findFirst()
            .orElseThrow(() -> new AssertionError("there is no daemon"));
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String pid = Long.toString(daemon.pid());
    Command.run(folder, Map.of(), List.of(jcmd, pid, "GC.run")).orFail();
    String said = Command.run(folder, Map.of(), List.of(jcmd, pid, "GC.heap_info")).orFail();
    long used = 0;
    Matcher m = USED.matcher(said);
    while (m.find()) {
      used += Long.parseLong(m.group(1)) << 10;
    }
    assertTrue(used > 0, said);
    return used;
  }

  private static boolean isDaemon(ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try {
      String command = Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      String environment = Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1);
      return command.contains("org.buildchain.daemon.Main")
          && environment.contains("BC_ROOT=" + BC.root() + "\0");
    } catch (IOException e) {
      // It has ended, or is not ours to see.
      return false;
    }
  }

  private static void answers(HttpClient client, Served served, String name) throws Exception {
    HttpResponse<Void> answer =
        client.send(
            java.net.http.HttpRequest.newBuilder(URI.create(served.url() + "/" + name))
                .timeout(Duration.ofMinutes(1))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    assertEquals(200, answer.statusCode(), name);
  }

  /** Those who were turned away come again. */
  private static void answersAgain(Served server) throws Exception {
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (true) {
        try {
          answers(client, server, "nix-cache-info");
          return;
        } catch (IOException e) {
          // It has not seen yet that the others are gone.
          if (Instant.now().isAfter(end)) {
            throw e;
          }
        }
      }
    }
  }

  /** Half of them say nothing, half stop in the middle of a request's head. */
  private static void servesBeside(int connections) throws Exception {
    URI url = URI.create(served.url());
    InetSocketAddress address = new InetSocketAddress(url.getHost(), url.getPort());
    List<SocketChannel> idle = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      answers(client, served, narinfo);
      long before = heap();
      for (int i = 0; i < connections; i++) {
        SocketChannel channel = SocketChannel.open(address);
        idle.add(channel);
        if (i % 2 == 0) {
          channel.write(
              ByteBuffer.wrap(
                  "GET /nix-cache-info HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII)));
        }
      }
      answers(client, served, "nix-cache-info");
      answers(client, served, narinfo);
      long more = heap() - before;
      assertTrue(more < connections * BYTES_EACH, more + " bytes for " + connections);
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      answers(client, served, narinfo);
    }
  }

  /** Where fewer files may be open than there are clients, the rest of the daemon has its own. */
  @Test
  void connectionsLeaveFilesToOthers() throws Exception {
    try (Bc small = new Bc()) {
      Command.run(
              folder,
              Map.of("BC_ROOT", small.root().toString()),
              List.of(
                  "sh", "-ec", "ulimit -n " + FEW_FILES + "; " + Bc.program() + " daemon start"))
          .orFail();
      Path file = Files.writeString(small.root().resolve("content"), "served\n");
      List<SocketChannel> idle = new ArrayList<>();
      try (Served server = new Served(small, folder)) {
        URI url = URI.create(server.url());
        InetSocketAddress address = new InetSocketAddress(url.getHost(), url.getPort());
        for (int i = 0; i < 2 * FEW_FILES; i++) {
          idle.add(SocketChannel.open(address));
        }
        String path = small.run("store", "add", file.toString()).orFail().strip();
        assertEquals("served\n", Files.readString(small.view(path)));
        for (SocketChannel channel : idle) {
          channel.close();
        }
        answersAgain(server);
      } finally {
        for (SocketChannel channel : idle) {
          channel.close();
        }
      }
    }
  }

  @Test
  void aThousandIdleConnectionsAreBorne() throws Exception {
    servesBeside(1_000);
  }

  @Test
  @Tag("slow")
  void tenThousandIdleConnectionsAreBorne() throws Exception {
    servesBeside(10_000);
  }
}
