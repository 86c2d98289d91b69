package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.buildchain.substituter.RandomNar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cache whose disk fills up says so, keeps nothing half, and is read as before. */
@Timeout(120)
class FullDiskTest extends UploadFixture {
  private static final int DISK = 64 << 20;
  private static final int SIZE = 12 << 20;

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.waitFor(), String.join(" ", command));
  }

  /** The store's folder becomes a small disk, before anything is there. */
  @BeforeEach
  @Override
  void open() throws java.io.IOException {
    try {
      run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", folder.toString());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    super.open();
  }

  @AfterEach
  @Override
  void close() {
    super.close();
    try {
      run("umount", folder.toString());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Takes all room but so many bytes. */
  private Path fillBut(long left) throws Exception {
    Path filler = folder.resolve("filler");
    byte[] zeros = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (Files.getFileStore(folder).getUsableSpace() >= left + zeros.length) {
        out.write(zeros);
      }
    }
    return filler;
  }

  private Socket begin(byte[] nar, int at) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    OutputStream out = socket.getOutputStream();
    out.write(
        ("PUT /nar/"
                + hash(nar)
                + ".nar HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + RIGHT
                + "\r\nContent-Length: "
                + nar.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.write(nar, 0, at);
    out.flush();
    return socket;
  }

  private static String answer(Socket socket) throws Exception {
    byte[] head = socket.getInputStream().readNBytes(12);
    return new String(head, StandardCharsets.US_ASCII);
  }

  /** Waits until so many bytes of files that are being received are here. */
  private void awaitReceived(long bytes) throws Exception {
    for (long here = 0; here < bytes; ) {
      here = 0;
      for (String name : left()) {
        here += Files.size(folder.resolve("uploads").resolve(name));
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void aDiskThatFillsUpMeanwhileIsSaid() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 1);
    try (Socket socket = begin(nar, 1 << 20)) {
      awaitReceived(1 << 20);
      Path filler = fillBut(0);
      socket.getOutputStream().write(nar, 1 << 20, 1 << 20);
      assertEquals("HTTP/1.1 507", answer(socket));
      Files.delete(filler);
    }
    assertTrue(problems.remove().contains("the disk is full"), problems.toString());
    assertEquals(List.of(), left());
    String url = "nar/" + hash(nar) + ".nar";
    assertEquals(201, put(url, RIGHT, nar));
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info(nar, url)));
    assertEquals(0, store.verify(problem -> {}));
  }

  @Test
  void manyThatWouldFitAloneDoNotFillItTogether() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        sockets.add(begin(RandomNar.of(SIZE, i), 1 << 20));
        awaitReceived((i + 1) << 20);
      }
      sockets.add(begin(RandomNar.of(SIZE, 3), 0));
      assertEquals("HTTP/1.1 413", answer(sockets.getLast()));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void whatBrokeOffMakesRoom() throws Exception {
    Path uploads = folder.resolve("uploads");
    for (int i = 0; i < 3; i++) {
      Path part = uploads.resolve(hash(new byte[i]) + ".nar.part");
      Files.write(part, new byte[DISK / 4]);
      Files.setLastModifiedTime(part, FileTime.from(Instant.now().minusSeconds(600 - i)));
    }
    byte[] nar = RandomNar.of(SIZE, 5);
    assertEquals(201, put("nar/" + hash(nar) + ".nar", RIGHT, nar));
    assertEquals(
        Set.of(
            hash(new byte[1]) + ".nar.part", hash(new byte[2]) + ".nar.part", hash(nar) + ".nar"),
        Set.copyOf(left()));
  }

  @Test
  void whatWillNeverFitTakesNothingAway() throws Exception {
    String part = hash(new byte[1]) + ".nar.part";
    Files.write(folder.resolve("uploads").resolve(part), new byte[DISK / 4]);
    try (Socket socket = begin(RandomNar.of(DISK, 6), 0)) {
      assertEquals("HTTP/1.1 413", answer(socket));
    }
    assertEquals(List.of(part), left());
  }

  @Test
  void itIsReadAsBefore() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 7);
    String url = "nar/" + hash(nar) + ".nar";
    assertEquals(201, put(url, RIGHT, nar));
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info(nar, url)));
    fillBut(0);
    String file = "nar/" + HASH + "-" + hash(nar) + ".nar.zst";
    HttpResponse<byte[]> got =
        client.send(request(file).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, got.statusCode());
    try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(got.body()))) {
      assertArrayEquals(nar, in.readAllBytes());
    }
    HttpResponse<byte[]> coded =
        client.send(
            request(file.replace(".zst", "")).header("Accept-Encoding", "zstd").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals("zstd", coded.headers().firstValue("Content-Encoding").orElse(""));
    assertTrue(Arrays.equals(got.body(), coded.body()));
  }
}
