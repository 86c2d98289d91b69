package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A chain with one validator, on a machine of its own: what it declines, and what becomes of a
 * dispute that nobody is left to judge.
 */
@Tag("slow")
class LoneValidatorTest {
  private static final String SHELL =
      " builder = \"/bin/sh\"; __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\" \"/usr\" ];";
  private static final String SYSTEM = " system = \"x86_64-linux\";";
  private static final int MAX_DOWNLOAD = 100_000;

  private static final Bc PUBLISHER = new Bc();
  private static final Bc VALIDATOR = new Bc();
  private static final List<AutoCloseable> RUNNING = new ArrayList<>();

  @TempDir static Path folder;

  private static Process validator;
  private static Path terminal;

  @BeforeAll
  static void start() throws Exception {
    PUBLISHER.newWallet(folder);
    Running chain =
        new Running(PUBLISHER, folder, "chain", "devnet", "--port", "0", "--continue", "0");
    RUNNING.add(chain);
    Served served = new Served(PUBLISHER, folder);
    RUNNING.add(served);
    VALIDATOR.run("chain", "use", chain.line()).orFail();
    String wallet = VALIDATOR.newWallet(folder);
    terminal = folder.resolve("terminal");
    ProcessBuilder builder =
        command(
            VALIDATOR,
            "validator",
            "run",
            "--password-file",
            "password",
            "--max-download",
            Integer.toString(MAX_DOWNLOAD),
            "--max-time",
            "2",
            "--option",
            "gateways",
            served.url());
    validator = builder.redirectError(terminal.toFile()).start();
    // It waits for its stake.
    PUBLISHER.run("chain", "fund", wallet, "--bct", "5000").orFail();
    assertTrue(
        new BufferedReader(
                new InputStreamReader(validator.getInputStream(), StandardCharsets.UTF_8))
            .readLine()
            .endsWith("is available"));
  }

  @AfterAll
  static void stop() throws Exception {
    validator.destroy();
    validator.waitFor();
    for (AutoCloseable running : RUNNING.reversed()) {
      running.close();
    }
    VALIDATOR.close();
    PUBLISHER.close();
  }

  private static ProcessBuilder command(Bc bc, String... arguments) {
    List<String> all = new ArrayList<>(List.of(Bc.program().toString()));
    all.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
    builder.environment().put("BC_ROOT", bc.root().toString());
    return builder;
  }

  private static Process claim(String expression, String setting, String value) throws IOException {
    return command(
            PUBLISHER,
            "claim",
            "--password-file",
            "password",
            "--expr",
            expression,
            "--option",
            setting,
            value)
        .inheritIO()
        .start();
  }

  private static String derivation(String name, String rest, String script) {
    return "derivation { name = \""
        + name
        + "\";"
        + SHELL
        + rest
        + " args = [ \"-c\" \""
        + script
        + "\" ]; }";
  }

  private static JsonNode declined() {
    String json = VALIDATOR.run("validator", "status", "--json").orFail();
    return new ObjectMapper().readTree(json).path(0).path("declined");
  }

  /** Claims it, until the validator has declined it; gives the last line that it told. */
  private static String decline(String expression, String setting, String value, String reason)
      throws Exception {
    int before = declined().size();
    Process claim = claim(expression, setting, value);
    try {
      while (declined().size() == before) {
        assertTrue(claim.isAlive(), "the claim ended without a draw");
      }
    } finally {
      claim.destroy();
      claim.waitFor();
    }
    JsonNode last = declined().path(before);
    assertEquals(reason, last.path("reason").asString(""), last.toPrettyString());
    String brief = last.path("claim").asString("").substring(0, 12);
    String text = last.path("text").asString("");
    String told = "declined claim " + brief + " (" + reason + "): " + text;
    assertTrue(Files.readString(terminal).contains(told), told);
    String status = VALIDATOR.run("validator", "status").orFail();
    assertTrue(status.contains(told), status);
    return text;
  }

  @Test
  void amountsAreDigitsForPrograms() {
    ObjectMapper mapper = new ObjectMapper();
    String wallets = PUBLISHER.run(folder, "wallet", "balance", "--json").orFail();
    JsonNode held = mapper.readTree(wallets).get(0);
    for (String name : List.of("eth", "bct", "forClaims", "staked")) {
      assertTrue(held.path(name).asString("").matches("\\d+(\\.\\d+)?"), wallets);
    }
    JsonNode chain = mapper.readTree(PUBLISHER.run("chain", "status", "--json").orFail());
    assertEquals("1000", chain.path("publisherStake").asString(""));
    assertTrue(chain.path("supply").asString("").matches("\\d+(\\.\\d+)?"), chain.toString());
  }

  @Test
  void saysWhyItDeclines() throws Exception {
    assertEquals(
        "it is for 'aarch64-linux', and this machine builds for 'x86_64-linux'",
        decline(
            derivation("far", " system = \"aarch64-linux\";", "echo > $out"),
            "extra-platforms",
            "aarch64-linux",
            "system"));
    assertEquals(
        "it requires {telescope}, which this machine doesn't have",
        decline(
            derivation(
                "seen", SYSTEM + " requiredSystemFeatures = [ \"telescope\" ];", "echo > $out"),
            "system-features",
            "telescope",
            "features"));
    String large =
        " source = builtins.toFile \"large\""
            + " (builtins.concatStringsSep \"\" (builtins.genList toString 30000));";
    assertEquals(
        "its sources and derivations have more than 100000 bytes",
        decline(derivation("large", SYSTEM + large, "echo > $out"), "cores", "1", "size"));
    assertEquals(
        "the build takes more than 2 seconds",
        decline(derivation("slow", SYSTEM, "/bin/sleep 4; echo > $out"), "cores", "1", "time"));
  }

  /** A market can't be opened any more when the jury turns out to be too small. */
  @Test
  void disputesThatNobodyJudgesHaveEvidence() throws Exception {
    Process claim = claim(derivation("when", SYSTEM, "/usr/bin/date +%s.%N > $out"), "cores", "1");
    try {
      JsonNode dispute = evident();
      assertEquals("non-determinism", dispute.path("verdict").asString(""));
      assertFalse(dispute.has("market"), dispute.toPrettyString());
      String id = dispute.path("id").asString("");
      String words = PUBLISHER.run(folder, "market", "show", id.substring(0, 14)).orFail();
      assertTrue(words.contains("too few validators were left to seat one"), words);
      assertTrue(words.contains("by the validator that disagrees"), words);
    } finally {
      claim.destroy();
      claim.waitFor();
    }
  }

  private static JsonNode evident() {
    while (true) {
      String json = PUBLISHER.run(folder, "market", "show", "--json").orFail();
      for (JsonNode dispute : new ObjectMapper().readTree(json)) {
        if (dispute.path("evidence").asInt(0) > 0) {
          return dispute;
        }
      }
    }
  }
}
