package org.buildchain.daemon.explorer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Commitments;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What headless Chromium makes of the page, with 10,000 claims on the chain. */
class ExplorerPageTest {
  private static final Pattern ROW = Pattern.compile("<tr role=\"row\"><th scope=\"row\"");

  @TempDir private static Path folder;

  private static ExplorerServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new ExplorerServer(new ManyClaims(10_000), 0, 3_600_000, p -> {});
    HttpRequest summary = HttpRequest.newBuilder(URI.create(server.url() + "/api/summary")).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (http.send(summary, HttpResponse.BodyHandlers.ofString())
          .body()
          .contains("\"loading\":true")) {
        Thread.onSpinWait();
      }
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** The document after the scripts have run; time passes as fast as the page lets it. */
  private static String document(String address) throws Exception {
    Process chromium =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder,
                "--virtual-time-budget=20000",
                "--dump-dom",
                server.url() + "/" + address)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String text = new String(chromium.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, chromium.waitFor());
    return text;
  }

  @Test
  void firstPageShowsFiftyClaims() throws Exception {
    String page = document("#/claims");
    assertEquals(50, ROW.matcher(page).results().count(), page);
    assertTrue(page.contains("1–50 of 10,000"), page);
    List<String> links =
        Pattern.compile("href=\"#/claim/(0x[0-9a-f]{64})\"")
            .matcher(page)
            .results()
            .map((MatchResult m) -> m.group(1))
            .toList();
    assertEquals(ManyClaims.claimId(9999).toString(), links.getFirst());
    // The newest one's name would run as a script if it were not shown as text.
    assertTrue(page.contains("&lt;img src=x onerror="), page);
    assertFalse(page.contains("<img"), page);
    assertTrue(page.contains("<title>Claims · Build Chain explorer</title>"), page);
  }

  @Test
  void disputeShowsHostileEvidenceAsText() throws Exception {
    Word dispute = Commitments.dispute(ManyClaims.claimId(2), 1);
    String page = document("#/dispute/" + dispute);
    assertTrue(page.contains("57.6 %"), page);
    assertTrue(page.contains("&lt;img src=x onerror="), page);
    assertFalse(page.contains("<img"), page);
    assertFalse(page.contains("taken over</title>"), page);
  }

  @Test
  void claimIsAPictureAndATable() throws Exception {
    String page = document("#/claim/" + ManyClaims.claimId(2));
    assertTrue(page.contains("<svg class=\"story\""), page);
    assertTrue(page.contains("2 validations, Refuted."), page);
    assertTrue(page.contains("Verdict: publisher wrong"), page);
  }
}
