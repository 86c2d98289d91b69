package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.RandomNar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What those who may upload can do, and what they can't. */
class UploadTest extends UploadFixture {
  private static final int SIZE = 3 << 20;

  /** Sends the beginning of a file, and closes the connection. */
  private void breakOff(String path, byte[] nar, int at) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("PUT /" + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: " + RIGHT)
              .getBytes(StandardCharsets.US_ASCII));
      out.write(
          ("\r\nContent-Length: " + nar.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(nar, 0, at);
      out.flush();
      socket.shutdownOutput();
      socket.setSoTimeout(60_000);
      // Until the server has seen the end.
      socket.getInputStream().readAllBytes();
    }
  }

  @Test
  void onlyWhatIsRightCanBeUploadedAndOnlyWithTheToken() throws Exception {
    // A NAR of a file with the content "hello\n", and what Nix 2.8 says of it: nix-store --add,
    // nix copy --to file://…?compression=none.
    byte[] nar =
        HexFormat.of()
            .parseHex(
                "0d000000000000006e69782d617263686976652d31000000010000000000000028000000000000000400"
                    + "00000000000074797065000000000700000000000000726567756c617200080000000000000"
                    + "0636f6e74656e7473060000000000000068656c6c6f0a0000010000000000000029000000000000"
                    + "00");
    String url = "nar/04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw.nar";
    byte[] info =
        ("StorePath: /nix/store/m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x\nURL: "
                + url
                + "\n"
                + "Compression: none\n"
                + "NarHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw\n"
                + "NarSize: 120\n"
                + "References: \n")
            .getBytes(StandardCharsets.US_ASCII);
    for (String wrong :
        List.of("Bearer another token of a length", "Bearer", "Basic !", TOKEN, "Digest x")) {
      assertEquals(401, put(url, wrong, nar), wrong);
    }
    assertEquals(400, put(HASH + ".narinfo", RIGHT, info));
    byte[] damaged = nar.clone();
    damaged[100] ^= 1;
    assertEquals(400, put(url, RIGHT, damaged));
    assertEquals(404, get(url).statusCode());
    String basic =
        "Basic "
            + Base64.getEncoder().encodeToString(("me:" + TOKEN).getBytes(StandardCharsets.UTF_8));
    assertEquals(201, put(url, basic, nar));
    assertEquals(200, get(url).statusCode());
    assertEquals(400, put("0".repeat(32) + ".narinfo", RIGHT, info));
    assertEquals(400, put(HASH + ".narinfo", RIGHT, new byte[10]));
    assertEquals(405, put("nar/../x", RIGHT, nar));
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info));
    assertEquals(200, get(HASH + ".narinfo").statusCode());
    assertEquals(0, store.verify(problem -> {}));
    assertEquals(List.of(), left());
  }

  /** As Nix does it that copies both at a time: the file is there when it asks for the second. */
  @Test
  void oneFileIsEnoughForPathsThatHaveItsContent() throws Exception {
    byte[] nar = RandomNar.of(10_000, 3);
    String url = "nar/" + hash(nar) + ".nar";
    byte[] info = info(nar, url);
    String other = "0".repeat(32);
    byte[] second =
        new String(info, StandardCharsets.US_ASCII)
            .replace(HASH, other)
            .getBytes(StandardCharsets.US_ASCII);
    assertEquals(400, put(other + ".narinfo", RIGHT, second));
    assertEquals(201, put(url, RIGHT, nar));
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info));
    assertEquals(201, put(other + ".narinfo", RIGHT, second));
    assertEquals(200, get(other + ".narinfo").statusCode());
    assertEquals(0, store.verify(problem -> {}));
    assertEquals(List.of(), left());
  }

  /** Nix remembers for 30 days where a path's NAR was when it sent it. */
  @Test
  void whoHasSentANarGetsItBackUnderItsName() throws Exception {
    byte[] nar = RandomNar.of(100_000, 3);
    String url = "nar/" + hash(nar) + ".nar";
    assertEquals(201, put(url, RIGHT, nar));
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info(nar, url)));
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(
          nar, client.send(request(url).build(), HttpResponse.BodyHandlers.ofByteArray()).body());
      // It may have been another of the same content.
      assertEquals(404, get(url.replace(".nar", ".nar.bz2")).statusCode());
      server.close();
      server = serve();
    }
    StorePath path = StorePath.parse(HASH + "-x");
    assertEquals(
        List.of(path),
        store.collect(CollectOptions.ALL, store.roots(folder, List.of()), p -> {}).paths());
    assertEquals(404, get(url).statusCode());
  }

  @Test
  void whatBreaksOffGoesOnWhereItStopped() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    String url = "nar/" + hash(nar) + ".nar";
    assertEquals("none", offset(url));
    breakOff(url, nar, 1_000_000);
    assertEquals("1000000", offset(url));
    // Nothing of it is served, nor enters the store.
    assertEquals(404, get(url).statusCode());
    assertEquals(400, put(HASH + ".narinfo", RIGHT, info(nar, url)));

    assertEquals(409, part(url, nar, 999_999, nar.length));
    assertEquals(409, part(url, nar, 1_000_001, nar.length));
    assertEquals(202, part(url, nar, 1_000_000, 2_000_000));
    assertEquals("2000000", offset(url));
    // What has come outlives the server.
    server.close();
    server = serve();
    assertEquals("2000000", offset(url));
    assertEquals(201, part(url, nar, 2_000_000, nar.length));
    assertEquals(200, get(url).statusCode());
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info(nar, url)));
    assertEquals(200, get(HASH + ".narinfo").statusCode());
    assertEquals(0, store.verify(problem -> {}));
    assertEquals(List.of(), left());
  }

  @Test
  @Timeout(120)
  void anotherServerOfTheStoreTakesNothingAway() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("PUT /nar/"
                  + hash(nar)
                  + ".nar HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + ("Authorization: " + RIGHT + "\r\nContent-Length: " + nar.length + "\r\n\r\n"))
              .getBytes(StandardCharsets.US_ASCII));
      while (left().isEmpty()) {
        Thread.onSpinWait();
      }
      serve().close();
      out.write(nar);
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 201 "), answer);
    }
  }

  @Test
  void aSecondAttemptThatBreaksOffEarlierTakesNothingAway() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    String url = "nar/" + hash(nar) + ".nar";
    breakOff(url, nar, 1_000_000);
    breakOff(url, nar, 1_000);
    assertEquals("1000000", offset(url));
    // Who does not ask sends all of it.
    assertEquals(201, put(url, RIGHT, nar));
    assertEquals(1, left().size());
  }

  @Test
  void curlGoesOnWhereItStopped() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    String url = "nar/" + hash(nar) + ".nar";
    breakOff(url, nar, 1_234_567);
    Path file = folder.resolve("file.nar");
    Files.write(file, nar);
    Path log = folder.resolve("curl.log");
    List<String> command =
        new ArrayList<>(List.of("curl", "--silent", "--show-error", "--max-time", "60"));
    command.addAll(List.of("--fail", "--header", "Authorization: " + RIGHT));
    command.addAll(List.of("--continue-at", offset(url), "--upload-file", file.toString()));
    command.add(url(url));
    Process curl =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(curl.waitFor(2, TimeUnit.MINUTES));
    assertEquals(0, curl.exitValue(), Files.readString(log));
    assertEquals(201, put(HASH + ".narinfo", RIGHT, info(nar, url)));
  }

  @Test
  void aWrongRestLeavesNothing() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    String url = "nar/" + hash(nar) + ".nar";
    breakOff(url, nar, 1_000_000);
    byte[] damaged = nar.clone();
    damaged[2_000_000] ^= 1;
    assertEquals(400, part(url, damaged, 1_000_000, nar.length));
    assertEquals("none", offset(url));
    assertEquals(404, get(url).statusCode());
    assertEquals(List.of(), left());
  }

  @Test
  void whoMayNotUploadCannotGoOnEither() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    String url = "nar/" + hash(nar) + ".nar";
    breakOff(url, nar, 1_000_000);
    String range = "bytes 1000000-" + (nar.length - 1) + "/" + nar.length;
    byte[] rest = Arrays.copyOfRange(nar, 1_000_000, nar.length);
    assertEquals(401, send(url, "Bearer wrong", range, rest).statusCode());
    assertEquals("1000000", offset(url));
  }

  @Test
  void rangesThatAreNoneAreRefused() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    String url = "nar/" + hash(nar) + ".nar";
    for (String wrong :
        List.of(
            "bytes 0-9/*",
            "bytes */10",
            "bytes 9-0/10",
            "bytes 0-10/10",
            "bytes 0-8/10",
            "bytes 0-9/9999999999999999999",
            "lines 0-9/10",
            "0-9/10")) {
      assertEquals(400, send(url, RIGHT, wrong, new byte[10]).statusCode(), wrong);
    }
    assertEquals(400, send(HASH + ".narinfo", RIGHT, "bytes 0-9/20", new byte[10]).statusCode());
    assertEquals(List.of(), left());
  }

  @Test
  void partsThatNobodyGoesOnWithAreRemoved() throws Exception {
    byte[] nar = RandomNar.of(SIZE, 3);
    breakOff("nar/" + hash(nar) + ".nar", nar, 1_000);
    assertEquals(1, left().size());
    try (Stream<Path> parts = Files.list(folder.resolve("uploads"))) {
      for (Path part : parts.toList()) {
        Files.setLastModifiedTime(
            part, java.nio.file.attribute.FileTime.from(Instant.now().minus(Duration.ofDays(2))));
      }
    }
    server.close();
    server = serve();
    assertEquals(List.of(), left());
  }
}
