package org.buildchain.daemon.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.worker.WorkerSession;

/**
 * Accepts Nix's clients on a Unix socket.
 *
 * <p>Threat: anybody on the machine can connect. Who it is says the kernel; see {@link Peers}. A
 * client costs a thread and a few buffers, and there is a limit on how many there are, of one user
 * and in all.
 */
final class WorkerListener implements AutoCloseable {
  private static final int MAX_CLIENTS = 4096;
  private static final int MAX_OF_ONE_USER = 1024;
  private static final int MAX_NAME = 107;
  private static final int BACKLOG = 1024;

  private final Path socket;
  private final ServerSocketChannel server;
  private final Backends backends;
  private final Peers peers;
  private final Supplier<Optional<? extends AutoCloseable>> guests;
  private final Map<SocketChannel, Thread> clients = new ConcurrentHashMap<>();
  private final UserShares shares = new UserShares(MAX_OF_ONE_USER);

  /** Gives the store that a new client finds. */
  @FunctionalInterface
  interface Backends {
    Backend get() throws IOException;
  }

  /**
   * Binds the socket, replacing a dead one.
   *
   * @param peers who may connect, and who is trusted
   * @param guests counts a client in until it is closed; empty if no more are wanted
   */
  WorkerListener(
      Path socket,
      Peers peers,
      Backends backends,
      Supplier<Optional<? extends AutoCloseable>> guests)
      throws IOException {
    this.socket = socket;
    this.backends = backends;
    this.peers = peers;
    this.guests = guests;
    Files.createDirectories(socket.toAbsolutePath().getParent());
    Files.deleteIfExists(socket);
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      bind(server, socket.toAbsolutePath());
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** A socket's name may have 107 bytes; one that is longer is bound by a shorter name. */
  private static void bind(ServerSocketChannel server, Path socket) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_NAME) {
      server.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
      return;
    }
    Path shorter = Files.createTempDirectory("bc");
    Path folder = shorter.resolve("d");
    try {
      Files.createSymbolicLink(folder, socket.getParent());
      server.bind(UnixDomainSocketAddress.of(folder.resolve(socket.getFileName())), BACKLOG);
    } finally {
      Files.deleteIfExists(folder);
      Files.delete(shorter);
    }
  }

  /** Accepts until closed. */
  void serve() {
    while (true) {
      SocketChannel client;
      try {
        client = server.accept();
      } catch (IOException e) {
        return;
      }
      Thread thread = Thread.ofVirtual().name("nix-client").unstarted(() -> converse(client));
      clients.put(client, thread);
      thread.start();
    }
  }

  private void converse(SocketChannel client) {
    try (client;
        AutoCloseable guest = guests.get().orElse(null)) {
      if (guest == null || clients.size() > MAX_CLIENTS) {
        return;
      }
      UnixDomainPrincipal who = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
      Peers.Peer peer = new Peers.Peer(who.user().getName(), who.group().getName());
      Backend backend = backends.get();
      Settings settings = backend.settings();
      Optional<Boolean> trusted = peers.admit(peer, settings);
      if (trusted.isEmpty()) {
        System.err.println("nix-daemon: user '" + peer.user() + "' is not allowed to connect");
        return;
      }
      Optional<UserShares.Share> share = shares.take(peer.user());
      if (share.isEmpty()) {
        System.err.println("nix-daemon: user '" + peer.user() + "' has too many connections");
        return;
      }
      try (UserShares.Share _ = share.get();
          ClientService service = backend.client(folder(peer.user()), settings)) {
        new WorkerSession(
                Channels.newInputStream(client),
                Channels.newOutputStream(client),
                service,
                trusted.get())
            .run();
      }
    } catch (IOException e) {
      // The client is gone.
    } catch (FormatException | StoreException e) {
      System.err.println("nix-daemon: " + e.getMessage());
    } catch (Exception e) {
      System.err.println("nix-daemon: a connection ended by a mistake in bc:");
      e.printStackTrace();
    } finally {
      clients.remove(client);
    }
  }

  /** The folder of a user's pins; names are the machine's, and not what a path is made of. */
  private static String folder(String user) {
    return user.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*") ? user : "other";
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      // The next daemon replaces what is left.
    }
    clients.forEach(
        (client, thread) -> {
          thread.interrupt();
          try {
            client.close();
          } catch (IOException e) {
            // It is gone all the same.
          }
        });
  }
}
