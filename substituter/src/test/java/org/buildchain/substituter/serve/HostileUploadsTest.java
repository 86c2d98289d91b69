package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.buildchain.substituter.HostileNars;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What comes from those who have the token, and is not what it should be: refused with a message,
 * nothing is stored, and the server goes on.
 */
@Timeout(120)
class HostileUploadsTest extends UploadFixture {
  private static final long TIB = 1L << 40;

  @AfterEach
  void nothingIsStored() throws Exception {
    assertEquals(Set.of(), store.allPaths());
    assertEquals(200, get("nix-cache-info").statusCode());
  }

  /** The message with which a narinfo is refused. */
  private String refused(String info) throws Exception {
    HttpRequest request =
        request(HASH + ".narinfo")
            .PUT(HttpRequest.BodyPublishers.ofString(info, StandardCharsets.ISO_8859_1))
            .header("Authorization", RIGHT)
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(400, answer.statusCode(), info);
    return answer.body();
  }

  private static String text(byte[] nar, String url) {
    return new String(info(nar, url), StandardCharsets.US_ASCII);
  }

  private String upload(byte[] nar) throws Exception {
    String url = "nar/" + hash(nar) + ".nar";
    assertEquals(201, put(url, RIGHT, nar));
    return url;
  }

  @Test
  void narsThatNoNixWritesAreRefused() throws Exception {
    for (byte[] nar : HostileNars.folders().toList()) {
      String message = refused(text(nar, upload(nar)));
      assertTrue(message.contains("NAR of '/nix/store/" + HASH + "-x'"), message);
    }
    assertEquals(List.of(), left());
  }

  @Test
  void moreThanThereIsRoomForIsRefused() throws Exception {
    byte[] bomb = HostileNars.head(TIB);
    String url = upload(bomb);
    String info = text(bomb, url);
    String size = "NarSize: " + bomb.length;
    assertTrue(refused(info.replace(size, "NarSize: " + TIB)).contains("free"));
    // Its file is gone with the first refusal.
    assertTrue(refused(info).contains("upload '" + url + "' first"));
    upload(bomb);
    assertTrue(refused(info).contains("NAR of"));
    for (String no : List.of("-1", "9223372036854775808", "18446744073709551616", "1e3", "")) {
      assertTrue(refused(info.replace(size, "NarSize: " + no)).contains("NarSize"), no);
    }
    // Of a file that is announced nothing is read.
    assertEquals(413, announce("nar/" + hash(bomb) + ".nar", Long.toString(TIB)));
    assertEquals(List.of(), left());
  }

  /** The answer to the head of an upload, whose body does not come. */
  private int announce(String path, String length) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      String head =
          "PUT /"
              + path
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: "
              + RIGHT
              + "\r\nContent-Length: "
              + length
              + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 413".length());
      return Integer.parseInt(new String(status, StandardCharsets.US_ASCII).substring(9));
    }
  }

  @Test
  void lengthsThatAreNoneAreRefused() throws Exception {
    for (String length : List.of("-1", "9223372036854775808", "0x10", "1, 2", "one")) {
      assertEquals(400, announce("nar/" + HASH + ".nar", length), length);
    }
  }

  /** A kilobyte that unpacks to a gibibyte: what was said to be in it is all that is read. */
  @Test
  void whatUnpacksToMoreThanWasSaidIsRefused() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(HostileNars.head(64 << 20));
      out.write(new byte[64 << 20]);
    }
    byte[] file = packed.toByteArray();
    String url = "nar/" + hash(file) + ".nar.gz";
    assertEquals(201, put(url, RIGHT, file));
    String info = text(new byte[1000], url).replace("Compression: none", "Compression: gzip");
    String message = refused(info);
    assertTrue(message.contains("NAR of"), message);
    assertEquals(List.of(), left());
  }

  @Test
  void whatSpeaksOfAnotherPathOrOtherContentIsRefused() throws Exception {
    byte[] nar = HostileNars.folder(List.of("a"));
    byte[] other = HostileNars.folder(List.of("b"));
    String url = upload(nar);
    String info = text(nar, url);
    String older = "/nix/store/" + "0".repeat(32) + "-x";
    assertTrue(refused(info.replace("/nix/store/" + HASH + "-x", older)).contains("another path"));
    for (String wrong :
        List.of(
            info.replace("StorePath: /nix/store/", "StorePath: /nix/store/../"),
            info.replace("StorePath: /nix/store/", "StorePath: /etc/"),
            info.replace("-x\n", "-../x\n"),
            info.replace("-x\n", "-a/b\n"),
            info.replace("-x\n", "-\n"),
            info.replace("References: ", "References: ../x"),
            info.replace("URL: nar/", "URL: ../nar/"),
            info.replace("URL: nar/", "URL: /etc/"),
            info + "NarSize: 5\n")) {
      refused(wrong);
    }
    assertTrue(refused(info.replace(hash(nar), hash(other)).replace(url, "nar/x")).length() > 0);
    upload(nar);
    String claimed = info.replace("NarHash: sha256:" + hash(nar), "NarHash: sha256:" + hash(other));
    assertTrue(refused(claimed).contains("hash mismatch"));
  }
}
