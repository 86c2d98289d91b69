package org.buildchain.tests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A local chain with a publisher that serves what it has, validators, and a consumer that takes
 * nothing but what the chain calls valid: each a machine of its own, with a store of its own.
 */
final class ClaimNetwork implements AutoCloseable {
  private final Path folder;
  private final Bc publisher = new Bc();
  private final Bc consumer = new Bc();
  private final List<Bc> validators = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();
  private final Served served;
  private final String wallet;
  private final String gateway;

  ClaimNetwork(Path folder, int validators) throws IOException {
    this.folder = folder;
    wallet = publisher.newWallet(folder);
    Running chain = new Running(publisher, folder, "chain", "devnet", "--port", "0");
    running.add(chain);
    served = new Served(publisher, folder);
    gateway = served.url();
    consumer.run("chain", "use", chain.line()).orFail();
    for (int i = 0; i < validators; i++) {
      Bc validator = new Bc();
      this.validators.add(validator);
      validator.run("chain", "use", chain.line()).orFail();
      running.add(validator(validator, publisher, folder, gateway));
    }
  }

  /** Starts a validator in a store, with a wallet that the chain's machine gives its stake. */
  static Running validator(Bc bc, Bc chain, Path folder, String gateway) throws IOException {
    String address = bc.newWallet(folder);
    chain.run("chain", "fund", address, "--bct", "5000").orFail();
    return new Running(
        bc,
        folder,
        "validator",
        "run",
        "--wallet",
        address,
        "--password-file",
        "password",
        "--option",
        "gateways",
        gateway);
  }

  /** Claims what an expression comes to, and waits for the end; gives the claim's phase. */
  String claim(String expression) {
    String json =
        publisher
            .run(
                folder,
                "claim",
                "--wallet",
                wallet,
                "--password-file",
                "password",
                "--json",
                "--expr",
                expression)
            .orFail();
    JsonNode claimed = new ObjectMapper().readTree(json).get(0);
    return claimed.get("phase").stringValue();
  }

  /** The consumer's {@code bc build --require verified}. */
  Command.Result build(String... arguments) {
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
    return consumer.run(folder, all.toArray(String[]::new));
  }

  /** The machine that takes what is valid. */
  Bc consumer() {
    return consumer;
  }

  @Override
  public void close() {
    for (Running one : running.subList(1, running.size()).reversed()) {
      one.close();
    }
    served.close();
    running.getFirst().close();
    consumer.close();
    for (Bc validator : validators) {
      validator.close();
    }
    publisher.close();
  }
}
