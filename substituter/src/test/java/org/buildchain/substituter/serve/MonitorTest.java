package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.substituter.RandomNar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a cache tells who watches over it. */
@Timeout(120)
class MonitorTest extends UploadFixture {
  // Source: https://prometheus.io/docs/instrumenting/exposition_formats/, "Text-based format".
  private static final Pattern COMMENT =
      Pattern.compile(
          "# (HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) [^\\\\]*"
              + "|TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))");

  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(?:"
              + LABEL
              + ",)*"
              + LABEL
              + "})?) (-?[0-9.]+(?:E-?[0-9]+)?|\\+Inf)");

  private Monitor monitor;

  @BeforeEach
  void watch() throws IOException {
    monitor =
        new Monitor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            server,
            Optional.of(Instant.ofEpochSecond(1234567890)));
  }

  @AfterEach
  void leave() {
    monitor.close();
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + monitor.address().getPort() + "/" + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** All figures by name and labels; each line is held to the format. */
  private Map<String, String> figures() throws Exception {
    HttpResponse<String> answer = ask("GET", "metrics");
    assertEquals(200, answer.statusCode());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        answer.headers().firstValue("Content-Type").orElseThrow());
    assertTrue(answer.body().endsWith("\n"));
    Map<String, String> figures = new LinkedHashMap<>();
    Set<String> over = new HashSet<>();
    String family = "";
    for (String line : answer.body().split("\n")) {
      if (line.startsWith("#")) {
        Matcher comment = COMMENT.matcher(line);
        assertTrue(comment.matches(), line);
        if (comment.group(2) != null) {
          family = comment.group(2);
          assertTrue(over.add(family), "all lines of a name stand together: " + line);
        } else {
          assertEquals(family, comment.group(3));
        }
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertTrue(sample.matches(), line);
      assertEquals(family, sample.group(2).replaceAll("_(bucket|sum|count)$", ""));
      assertEquals(null, figures.put(sample.group(1), sample.group(3)), line);
    }
    return figures;
  }

  private static String requests(String kind, String method, int status) {
    return "bc_serve_requests_total{kind=\"%s\",method=\"%s\",status=\"%d\"}"
        .formatted(kind, method, status);
  }

  private void answered(int expected, int status) throws InterruptedException {
    assertEquals(expected, status);
    // It is counted before that.
    Served unused = watched.take();
  }

  @Test
  void requestsAndUploadsAreCounted() throws Exception {
    byte[] nar = RandomNar.of(1000, 7);
    String url = "nar/" + hash(nar) + ".nar";
    answered(401, put(url, "", nar));
    answered(201, put(url, RIGHT, nar));
    answered(201, put(HASH + ".narinfo", RIGHT, info(nar, url)));
    answered(200, get(HASH + ".narinfo").statusCode());
    answered(404, get("a%22b%0ac.narinfo").statusCode());
    answered(404, get("secret-name").statusCode());
    Map<String, String> figures = figures();
    assertEquals("1", figures.get(requests("nar", "PUT", 401)));
    assertEquals("1", figures.get(requests("nar", "PUT", 201)));
    assertEquals("1", figures.get(requests("narinfo", "PUT", 201)));
    assertEquals("1", figures.get(requests("narinfo", "GET", 200)));
    assertEquals("1", figures.get(requests("narinfo", "GET", 404)));
    assertEquals("1", figures.get(requests("other", "GET", 404)));
    assertEquals("1", figures.get("bc_serve_stored_paths_total"));
    assertEquals(Integer.toString(nar.length), figures.get("bc_serve_stored_nar_bytes_total"));
    assertEquals("3", figures.get("bc_serve_request_seconds_count{kind=\"narinfo\"}"));
    assertEquals("3", figures.get("bc_serve_request_seconds_bucket{kind=\"narinfo\",le=\"+Inf\"}"));
    assertEquals("1234567890", figures.get("bc_serve_certificate_expiry_timestamp_seconds"));
    assertEquals("1", figures.get("bc_serve_healthy"));
    assertEquals("0", figures.get("bc_serve_requests_broken_total"));
    assertFalse(figures.toString().contains("secret-name"));
  }

  @Test
  void aClientCannotMakeFigures() throws Exception {
    int before = figures().size();
    for (int i = 0; i < 50; i++) {
      HttpRequest request =
          request("x" + i).method("M" + i, HttpRequest.BodyPublishers.noBody()).build();
      answered(405, client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
    }
    Map<String, String> figures = figures();
    assertEquals(before + 1, figures.size());
    assertEquals("50", figures.get(requests("other", "other", 405)));
  }

  @Test
  void healthIsWhetherTheStoreCanBeRead() throws Exception {
    assertEquals("ok\n", ask("GET", "health").body());
    answered(200, get("health").statusCode());
    assertEquals(404, ask("GET", "nix-cache-info").statusCode());
    assertEquals(405, ask("POST", "metrics").statusCode());
    store.close();
    assertEquals(503, ask("GET", "health").statusCode());
    answered(503, get("health").statusCode());
    assertEquals("0", figures().get("bc_serve_healthy"));
    assertEquals("the store can't be read\n", ask("GET", "health").body());
  }
}
