package org.buildchain.daemon.explorer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What the explorer answers, with 10,000 claims on the chain; figures follow from ManyClaims. */
class ExplorerServerTest {
  private static final int CLAIMS = 10_000;
  private static final List<String> PROBLEMS = new ArrayList<>();

  private static ExplorerServer server;
  private static HttpClient http;

  @BeforeAll
  static void start() throws Exception {
    server = new ExplorerServer(new ManyClaims(CLAIMS), 0, 3_600_000, PROBLEMS::add);
    http = HttpClient.newHttpClient();
    while (get("summary").get("loading").booleanValue()) {
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void stop() {
    http.close();
    server.close();
    assertEquals(List.of(), PROBLEMS);
  }

  private static HttpResponse<String> ask(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode get(String what) throws Exception {
    HttpResponse<String> response = ask("/api/" + what);
    assertEquals(200, response.statusCode(), response.body());
    return new ObjectMapper().readTree(response.body());
  }

  /** What a client gets that says another host's name. */
  private static String asked(String head) throws Exception {
    URI url = URI.create(server.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void firstPageHasTheNewestClaims() throws Exception {
    JsonNode page = get("claims?limit=50");
    assertEquals(CLAIMS, page.get("total").intValue());
    assertEquals(50, page.get("items").size());
    JsonNode newest = page.get("items").get(0);
    assertEquals(ManyClaims.claimId(9999).toString(), newest.get("id").stringValue());
    assertEquals("valid", newest.get("phase").stringValue());
    assertEquals(10_000, newest.get("block").intValue());
    assertEquals(ManyClaims.BEGIN + 120_000, newest.get("time").longValue());
    assertEquals(2, newest.get("agreeing").intValue());
    assertEquals(10, newest.get("life").size());
  }

  @Test
  void lastPageHasTheOldest() throws Exception {
    JsonNode page = get("claims?limit=50&offset=9990");
    assertEquals(10, page.get("items").size());
    assertEquals(
        ManyClaims.claimId(0).toString(), page.get("items").get(9).get("id").stringValue());
    assertEquals(0, get("claims?offset=20000").get("items").size());
    assertEquals(200, get("claims?limit=999999").get("items").size());
    assertEquals(50, get("claims?limit=-1&offset=x").get("items").size());
  }

  @Test
  void claimsAreFoundByPhaseAndText() throws Exception {
    assertEquals(1000, get("claims?phase=open").get("total").intValue());
    assertEquals(1000, get("claims?phase=refuted").get("total").intValue());
    assertEquals(8000, get("claims?phase=valid").get("total").intValue());
    String id = ManyClaims.claimId(77).toString();
    JsonNode found = get("claims?q=" + id.substring(0, 20));
    assertEquals(1, found.get("total").intValue());
    assertEquals(id, found.get("items").get(0).get("id").stringValue());
    assertEquals(1, get("claims?q=onerror").get("total").intValue());
    // A validator is drawn first for one claim in 20, and second for another but where that's open.
    String validator = ManyClaims.validator(3).toString();
    assertEquals(1000, get("claims?q=" + validator).get("total").intValue());
  }

  @Test
  void validatorsHaveEfficiency() throws Exception {
    JsonNode all = get("validators");
    assertEquals(20, all.get("total").intValue());
    // The validator of claims 3, 13, ... is first in claims 3 mod 20 and second in 2 mod 20, which
    // are disputed: 30 s of 40 s in each valid one.
    JsonNode three = get("validators/" + ManyClaims.validator(3));
    assertEquals(1000, three.get("services").intValue());
    assertEquals(500, three.get("agreeing").intValue());
    assertEquals(0.75, three.get("efficiency").doubleValue(), 1e-9);
    assertEquals(20_000, three.get("credited").intValue());
    assertEquals("1", three.get("rewards").stringValue());
    assertEquals("5003", three.get("stake").stringValue());
    // First in 4 mod 20 (30 s) and second in 3 mod 20 (50 s).
    JsonNode four = get("validators/" + ManyClaims.validator(4));
    assertEquals(1.0, four.get("efficiency").doubleValue(), 1e-9);
  }

  @Test
  void disputesHaveMarketJuryAndEvidence() throws Exception {
    JsonNode all = get("disputes?limit=1");
    assertEquals(1000, all.get("total").intValue());
    JsonNode one = get("disputes/" + all.get("items").get(0).get("id").stringValue());
    assertEquals("publisher", one.get("verdict").stringValue());
    assertEquals(3, one.get("jury").size());
    // One b of shares: e / (e + 2).
    assertEquals(0.5761168847658291, one.get("market").get("prices").get(1).doubleValue(), 1e-12);
    assertEquals(1, one.get("attached").size());
  }

  @Test
  void supplyIsTold() throws Exception {
    JsonNode supply = get("supply");
    assertEquals("100000020", supply.get("supply").stringValue());
    assertEquals("20", supply.get("minted").stringValue());
    assertEquals("100000000", supply.get("first").stringValue());
    assertEquals("0", supply.get("burned").stringValue());
  }

  @Test
  void otherHostsAndWaysAreRefused() throws Exception {
    String host = URI.create(server.url()).getAuthority();
    String rebound = asked("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assertTrue(rebound.startsWith("HTTP/1.1 403"), rebound);
    String post =
        asked(
            "POST /api/summary HTTP/1.1\r\nHost: "
                + host
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assertTrue(post.startsWith("HTTP/1.1 405"), post);
    for (String path :
        List.of("/..%2f..%2fetc/passwd", "/ExplorerServer.class", "/api/nothing", "/x/y")) {
      assertEquals(404, ask(path).statusCode(), path);
    }
    assertEquals(400, ask("/api/claims/0xnonsense").statusCode());
    assertEquals(404, ask("/api/claims/" + ManyClaims.claimId(-1)).statusCode());
  }

  @Test
  void everyAnswerForbidsWhatThePageDoesNotNeed() throws Exception {
    for (String path : List.of("/", "/app.js", "/style.css", "/api/claims", "/nowhere")) {
      HttpResponse<String> response = ask(path);
      String policy = response.headers().firstValue("Content-Security-Policy").orElse("");
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), path);
      assertFalse(policy.contains("unsafe"), path);
      assertEquals("nosniff", response.headers().firstValue("X-Content-Type-Options").orElse(""));
      assertTrue(response.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
    }
  }

  @Test
  void pageNamesNothingElsewhere() throws Exception {
    for (String file :
        List.of("", "style.css", "app.js", "dom.js", "life.js", "claims.js", "icon.svg")) {
      String text = ask("/" + file).body().replace("http://www.w3.org/2000/svg", "");
      assertFalse(text.contains("http:") || text.contains("https:"), file);
      assertFalse(text.contains("innerHTML") || text.contains("eval("), file);
    }
  }
}
