package org.buildchain.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * bc with a store of its own and a daemon of its own, which ends with {@link #close}. It is the
 * client that {@code ./bc} becomes when all is built.
 */
public final class Bc implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final Map<String, String> variables;

  /** A new store in a new folder: a short one, since a socket's path has 107 bytes at most. */
  public Bc() {
    try {
      root = Files.createTempDirectory(Path.of("/tmp"), "bc-test");
      // Hundreds of daemons that warm up would cost more than the tests.
      Files.writeString(root.resolve("bc.conf"), "daemon-warm-up = false\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    variables = Map.of("BC_ROOT", root.toString());
  }

  /** A store at this root. */
  public Bc(Path root) {
    this.root = root;
    this.variables = Map.of("BC_ROOT", root.toString());
  }

  /** The client. */
  public static Path program() {
    return Path.of(System.getProperty("bc.native"), "bc");
  }

  /** The store's root folder. */
  public Path root() {
    return root;
  }

  /** Where a store path can be read on this machine. */
  public Path view(String storePath) {
    return root.resolve(storePath.substring(1));
  }

  /** Runs a command in a folder. */
  public Command.Result run(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program().toString()));
    command.addAll(Arrays.asList(arguments));
    return Command.run(folder, variables, command);
  }

  /** Runs a command in the root of the file system. */
  public Command.Result run(String... arguments) {
    return run(Path.of("/"), arguments);
  }

  /**
   * Makes a wallet and gives its address.
   *
   * @param folder gets the wallet's password, as the file {@code password}
   */
  String newWallet(Path folder) throws IOException {
    Files.writeString(folder.resolve("password"), "a password\n");
    return run(folder, "wallet", "new", "--light", "--password-file", "password").orFail().strip();
  }

  /** The outputs of the derivations of an expression, built: derivation → output → path. */
  Map<String, Map<String, String>> build(Path folder, String expression) {
    String json = run(folder, "build", "--json", "--no-link", "--expr", expression).orFail();
    Map<String, Map<String, String>> built = new LinkedHashMap<>();
    for (JsonNode derivation : JSON.readTree(json)) {
      Map<String, String> outputs = new LinkedHashMap<>();
      derivation
          .get("outputs")
          .properties()
          .forEach(e -> outputs.put(e.getKey(), e.getValue().stringValue()));
      built.put(derivation.get("drvPath").stringValue(), outputs);
    }
    return built;
  }

  /** What bc says of valid paths. */
  Map<String, PathFacts> query(List<String> paths) {
    List<String> arguments = new ArrayList<>(List.of("store", "path-info", "--json"));
    arguments.addAll(paths);
    Map<String, PathFacts> facts = new LinkedHashMap<>();
    for (JsonNode info : JSON.readTree(run(arguments.toArray(String[]::new)).orFail())) {
      String hash = info.get("narHash").stringValue();
      byte[] digest = Base64.getDecoder().decode(hash.substring("sha256-".length()));
      TreeSet<String> references = new TreeSet<>();
      info.get("references").forEach(r -> references.add(r.stringValue()));
      facts.put(
          info.get("path").stringValue(),
          new PathFacts(
              "sha256:" + HexFormat.of().formatHex(digest),
              info.get("narSize").longValue(),
              references));
    }
    return facts;
  }

  /** Stops the daemon and removes the store. */
  @Override
  public void close() {
    run("daemon", "stop").orFail();
    Command.run(Path.of("/"), Map.of(), List.of("rm", "-rf", "--one-file-system", root.toString()))
        .orFail();
  }
}
