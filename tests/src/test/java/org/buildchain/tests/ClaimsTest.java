package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Claims from end to end on a local chain: a publisher, validators on its machine and on another, a
 * consumer with a store of its own that takes nothing but what the chain calls valid, and the
 * machine's Nix, which takes it from there.
 */
class ClaimsTest {
  private static final Path EXAMPLE = Path.of("../examples/hello").toAbsolutePath();
  private static final String TWO =
      "derivation { name = \"two\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";"
          + " outputs = [ \"out\" \"doc\" ]; __impureHostDeps = [ \"/bin\" \"/lib\" \"/lib64\""
          + " \"/usr\" ]; args = [ \"-c\" \"echo $doc > $out; echo text > $doc\" ]; }";

  private static final Bc PUBLISHER = new Bc();
  private static final Bc VALIDATOR = new Bc();
  private static final Bc CONSUMER = new Bc();
  private static final List<AutoCloseable> RUNNING = new ArrayList<>();

  @TempDir static Path folder;

  private static String gateway;
  private static String wallet;

  @BeforeAll
  static void start() throws Exception {
    wallet = PUBLISHER.newWallet(folder);
    Running chain = new Running(PUBLISHER, folder, "chain", "devnet", "--port", "0");
    RUNNING.add(chain);
    Served served = new Served(PUBLISHER, folder);
    RUNNING.add(served);
    gateway = served.url();
    VALIDATOR.run("chain", "use", chain.line()).orFail();
    CONSUMER.run("chain", "use", chain.line()).orFail();
    // The other machine has nothing of what it rebuilds but by CID.
    RUNNING.add(ClaimNetwork.validator(VALIDATOR, PUBLISHER, folder, gateway));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable running : RUNNING.reversed()) {
      running.close();
    }
    CONSUMER.close();
    VALIDATOR.close();
    PUBLISHER.close();
  }

  private static Command.Result nixCopy(Served served, String path) {
    List<String> command =
        List.of(
            "nix",
            "--extra-experimental-features",
            "nix-command",
            "copy",
            "--option",
            "substituters",
            "",
            "--no-check-sigs",
            "--from",
            served.url(),
            "--to",
            folder.resolve("nix").toString(),
            path);
    return Command.run(folder, Map.of("HOME", folder.toString()), command);
  }

  private static Command.Result claim(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of("claim", "--wallet", wallet, "--password-file", "password", "--json"));
    all.addAll(Arrays.asList(arguments));
    return PUBLISHER.run(folder, all.toArray(String[]::new));
  }

  private static Command.Result buildVerified(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "build",
                "--no-link",
                "--require",
                "verified",
                "--option",
                "gateways",
                gateway,
                "--option",
                "verified-depth",
                "0"));
    all.addAll(Arrays.asList(arguments));
    return CONSUMER.run(folder, all.toArray(String[]::new));
  }

  @Test
  void whatStrangersRebuiltCanBePulled() throws Exception {
    Command.Result unclaimed = buildVerified(EXAMPLE.toString());
    assertEquals(1, unclaimed.status());
    assertTrue(unclaimed.err().contains("no claim of it is valid on the chain"), unclaimed.err());

    // One validator only, then three: with two in the publisher's own store, which has the outputs.
    JsonNode claimed = new ObjectMapper().readTree(claim(EXAMPLE.toString()).orFail()).get(0);
    assertEquals("valid", claimed.get("phase").stringValue());

    String hello = buildVerified(EXAMPLE.toString()).orFail().strip();
    assertEquals(
        "Hello, world!\n",
        Command.run(folder, Map.of(), List.of(CONSUMER.view(hello) + "/bin/hello")).orFail());
    Command.Result more = buildVerified(EXAMPLE.toString(), "--option", "verified-validators", "2");
    assertEquals(1, more.status());
    assertTrue(more.err().contains("1 rebuilt it"), more.err());

    String verified = CONSUMER.run("verify", hello, "--proof").orFail();
    assertTrue(verified.contains("rebuilt by 1, the same as here"), verified);
    assertTrue(verified.contains("proved against block"), verified);

    // Ordinary Nix clients get it from there, but nothing that was merely built there.
    Path settings = CONSUMER.root().resolve("bc.conf");
    Files.writeString(settings, "verified-depth = 0\n");
    String built =
        CONSUMER.run(folder, "build", "--no-link", "--expr", TWO).orFail().lines().toList().get(0);
    try (Served served = new Served(CONSUMER, folder, "--require", "verified")) {
      nixCopy(served, hello).orFail();
      assertTrue(Files.exists(folder.resolve("nix" + hello + "/bin/hello")));
      Command.Result refused = nixCopy(served, built);
      assertEquals(1, refused.status());
      assertTrue(refused.err().contains("there is no substituter"), refused.err());
    }

    RUNNING.add(ClaimNetwork.validator(PUBLISHER, PUBLISHER, folder, gateway));
    RUNNING.add(ClaimNetwork.validator(PUBLISHER, PUBLISHER, folder, gateway));
    JsonNode two = new ObjectMapper().readTree(claim("--expr", TWO).orFail()).get(0);
    assertEquals("valid", two.get("phase").stringValue());
    Command.Result unknown = CONSUMER.run("verify", "--expr", "(" + TWO + ") // { x = 1; }");
    assertEquals(0, unknown.status(), unknown.err());
    assertFalse(unknown.out().contains("NOT"), unknown.out());
  }
}
