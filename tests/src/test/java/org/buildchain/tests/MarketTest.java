package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
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
 * A dispute from end to end on a local chain: a build that never comes out the same is claimed, the
 * validator that gets something else opens the market with the structural difference, somebody
 * buys, the jury answers, and the shares pay. Another machine reads the evidence by its CID.
 */
@Tag("slow")
class MarketTest {
  private static final String NEVER_THE_SAME =
      "derivation { name = \"when\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";"
          + " __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\" \"/usr\" ];"
          + " args = [ \"-c\" \"/usr/bin/date +%s.%N > $out\" ]; }";
  private static final int VALIDATORS = 6;

  private static final Bc HERE = new Bc();
  private static final Bc ELSEWHERE = new Bc();
  private static final List<AutoCloseable> RUNNING = new ArrayList<>();

  @TempDir static Path folder;

  private static String gateway;
  private static String publisher;

  @BeforeAll
  static void start() throws Exception {
    publisher = HERE.newWallet(folder);
    // One validates, the others are left to judge.
    List<String> validators = new ArrayList<>();
    for (int i = 0; i < VALIDATORS; i++) {
      validators.add(HERE.newWallet(folder));
    }
    Running chain = new Running(HERE, folder, "chain", "devnet", "--port", "0", "--continue", "0");
    RUNNING.add(chain);
    Served served = new Served(HERE, folder);
    RUNNING.add(served);
    gateway = served.url();
    ELSEWHERE.run("chain", "use", chain.line()).orFail();
    for (String validator : validators) {
      RUNNING.add(
          new Running(
              HERE,
              folder,
              "validator",
              "run",
              "--wallet",
              validator,
              "--password-file",
              "password"));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable running : RUNNING.reversed()) {
      running.close();
    }
    ELSEWHERE.close();
    HERE.close();
  }

  private static JsonNode disputes(Bc bc, String... arguments) {
    List<String> all = new ArrayList<>(List.of("market", "show", "--json"));
    all.addAll(List.of(arguments));
    return new ObjectMapper().readTree(bc.run(folder, all.toArray(String[]::new)).orFail());
  }

  /** The first dispute, once it has what is waited for. */
  private static JsonNode dispute(String field) {
    while (true) {
      JsonNode all = disputes(HERE);
      // The newest comes first.
      JsonNode first = all.path(all.size() - 1);
      if (first.has(field)) {
        return first;
      }
      assertFalse(first.has("verdict"), first::toPrettyString);
    }
  }

  private static String trade(String... arguments) {
    List<String> all = new ArrayList<>(List.of("market"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--wallet", publisher, "--password-file", "password", "--json"));
    return HERE.run(folder, all.toArray(String[]::new)).orFail();
  }

  private static Process claim() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Bc.program().toString(),
                "claim",
                "--expr",
                NEVER_THE_SAME,
                "--wallet",
                publisher,
                "--password-file",
                "password")
            .directory(folder.toFile())
            .inheritIO();
    builder.environment().put("BC_ROOT", HERE.root().toString());
    return builder.start();
  }

  @Test
  void disputeIsExplainedPricedAndPaid() throws Exception {
    // It would go on for eight rounds.
    Process claim = claim();
    try {
      JsonNode opened = dispute("market");
      String id = opened.path("id").stringValue();
      JsonNode bought =
          new ObjectMapper().readTree(trade("buy", id, "non-determinism", "--shares", "2"));
      // b is 1: ln((e^2 + 2) / 3), by bc -l.
      assertEquals(
          1.1409324775, new BigDecimal(bought.path("paid").stringValue()).doubleValue(), 1e-9);

      JsonNode seen = disputes(ELSEWHERE, id, "--option", "gateways", gateway).path(0);
      JsonNode evidence = seen.path("attached").path(0);
      assertEquals(seen.path("validator"), evidence.path("by"));
      JsonNode output = evidence.path("content").path("outputs").path(0);
      assertEquals("out", output.path("name").asString(""), seen.toPrettyString());
      assertEquals(1, output.path("classes").path("time-stamp").asInt(0), seen.toPrettyString());
      String words = HERE.run(folder, "market", "show", id.substring(0, 14)).orFail();
      assertTrue(words.contains("by the validator that disagrees"), words);
      assertTrue(words.contains("time-stamp"), words);

      assertEquals("non-determinism", dispute("verdict").path("verdict").stringValue());
      JsonNode settled = new ObjectMapper().readTree(trade("settle", id));
      assertEquals("non-determinism", settled.path("outcome").stringValue());
      assertEquals("2", settled.path("received").stringValue());
    } finally {
      claim.destroy();
      claim.waitFor();
    }
  }
}
