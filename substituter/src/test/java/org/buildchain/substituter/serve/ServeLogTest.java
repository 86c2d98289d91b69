package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.buildchain.substituter.RandomNar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lines about requests: what is in them, and what never is. */
@Timeout(120)
class ServeLogTest extends UploadFixture {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);

  private final List<Served> over = new ArrayList<>();

  /** Each is told after its answer: the next waits for that. */
  private void answered(int expected, int status) throws InterruptedException {
    assertEquals(expected, status);
    over.add(watched.take());
  }

  /** The lines about all requests so far, without the bytes and the time that each took. */
  private List<String> lines(ServeLog.Level level) {
    List<String> lines = new ArrayList<>();
    try (ServeLog log = new ServeLog(level, CLOCK, lines::add)) {
      over.forEach(log::add);
    }
    return lines.stream().map(l -> l.replaceAll(" [0-9]+ [0-9]+ms", " N")).toList();
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anUploadHasALineWithItsUserAndItsSize() throws Exception {
    byte[] nar = RandomNar.of(7, 1000);
    String url = "nar/" + hash(nar) + ".nar";
    answered(404, get(url).statusCode());
    answered(401, put(url, "", nar));
    answered(401, put(url, basic("ci", "wrong-" + TOKEN), nar));
    answered(201, put(url, basic("ci", TOKEN), nar));
    answered(201, put(HASH + ".narinfo", basic("ci", TOKEN), info(nar, url)));
    String path = "/nix/store/" + HASH + "-x";
    answered(200, put(HASH + ".narinfo", basic(TOKEN, TOKEN), info(nar, url)));
    answered(404, get("nix-cache-inf").statusCode());
    String before = "2026-01-02T03:04:05Z 127.0.0.1 ";
    List<String> uploads =
        List.of(
            before + "- PUT /" + url + " 401 N uploads need the token",
            before
                + "- PUT /"
                + url
                + " 401 N uploads need the token; the password that was sent is not the token",
            before
                + ("ci PUT /" + HASH + ".narinfo 201 N stored '")
                + (path + "', a NAR of " + nar.length + " bytes"),
            // The user is the token, too: it is not shown.
            before + "- PUT /" + HASH + ".narinfo 200 N '" + path + "' is here already");
    assertEquals(uploads, lines(ServeLog.Level.UPLOADS));
    assertEquals(List.of(), lines(ServeLog.Level.NONE));
    List<String> all = lines(ServeLog.Level.REQUESTS);
    assertEquals(7, all.size());
    assertEquals(before + "- GET /" + url + " 404 N this NAR is not here", all.getFirst());
    assertFalse(String.join("\n", all).contains(TOKEN));
  }

  @Test
  void whatAClientSendsStaysOnItsLine() throws Exception {
    answered(
        405,
        put(
            "a%0a2026-01-02T03:04:05Z%20x%1b%5b2J%25%c3%a9",
            basic("c i\n\033é", TOKEN), nothing()));
    answered(401, put("x".repeat(5000), "", nothing()));
    String path = "a%0a2026-01-02T03:04:05Z%20x%1b[2J%25%c3%a9";
    assertEquals(
        List.of(
            "2026-01-02T03:04:05Z 127.0.0.1 c%20i%0a%1b%c3%a9 PUT /"
                + path
                + " 405 N '"
                + path.replace("%20", " ")
                + "' can't be uploaded here",
            "2026-01-02T03:04:05Z 127.0.0.1 - PUT /"
                + "x".repeat(511)
                + "... 401 N uploads need the token"),
        lines(ServeLog.Level.UPLOADS));
  }

  private static byte[] nothing() {
    return new byte[0];
  }

  @Test
  void nobodyWaitsForWhoeverTakesTheLines() throws Exception {
    answered(200, get("nix-cache-info").statusCode());
    CountDownLatch go = new CountDownLatch(1);
    List<String> lines = new ArrayList<>();
    try (ServeLog log =
        new ServeLog(
            ServeLog.Level.REQUESTS,
            CLOCK,
            line -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              lines.add(line);
            })) {
      for (int i = 0; i < 5000; i++) {
        log.add(over.getFirst());
      }
      go.countDown();
    }
    long told = lines.stream().filter(l -> l.contains(" GET ")).count();
    List<String> lost = lines.stream().filter(l -> !l.contains(" GET ")).toList();
    assertEquals(1, lost.size());
    assertEquals(5000 - told + " lines about requests are left out here", lost.getFirst());
  }
}
