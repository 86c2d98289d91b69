package org.buildchain.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * OpenSSH's server on a port of the loopback, with keys of its own, for the user who runs it. What
 * is run there is a program named by its path.
 */
final class Sshd implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  /** Ports that are tried. */
  private static final int TRIES = 5;

  private final Path folder;
  private final int port;
  private final Process process;

  /**
   * @param folder for keys and settings
   */
  Sshd(Path folder) throws IOException {
    this.folder = folder;
    for (String key : List.of("host", "client")) {
      Command.run(
              folder,
              Map.of(),
              List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key))
          .orFail();
    }
    Files.copy(folder.resolve("client.pub"), folder.resolve("authorized"));
    // Where it puts those whom it does not know yet.
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    String last = "";
    for (int i = 0; i < TRIES; i++) {
      int free = freePort();
      Process server = start(free);
      Optional<String> trouble = untilItListens(server);
      if (trouble.isEmpty()) {
        port = free;
        process = server;
        return;
      }
      // Somebody else may have taken the port meanwhile.
      last = trouble.get();
    }
    throw new AssertionError("sshd does not start:\n" + last);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return free.getLocalPort();
    }
  }

  private Process start(int port) throws IOException {
    Path settings = folder.resolve("sshd_config");
    Files.writeString(
        settings,
        """
        ListenAddress %s
        Port %d
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        PermitRootLogin yes
        MaxStartups 100
        """
            .formatted(HOST, port, folder.resolve("host"), folder.resolve("authorized")));
    return new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", settings.toString())
        .redirectErrorStream(true)
        .start();
  }

  /** Empty once it listens; what it said if it has ended. */
  private static Optional<String> untilItListens(Process server) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line; (line = lines.readLine()) != null; ) {
      said.append(line).append('\n');
      if (line.startsWith("Server listening")) {
        Thread.ofVirtual().start(() -> drain(lines));
        return Optional.empty();
      }
    }
    return Optional.of(said.toString());
  }

  private static void drain(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        // Nobody asks.
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  int port() {
    return port;
  }

  /** The file with the key that opens it. */
  String key() {
    return folder.resolve("client").toString();
  }

  /** The host's key as {@code /etc/nix/machines} has it. */
  String hostKey() throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("host.pub")));
  }

  /** Options for a client that has no way to name a port and the host's key at the same time. */
  String options() {
    return "-p " + port + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null";
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        throw new AssertionError("sshd does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
