package org.buildchain.daemon.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
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
 * client costs a thread and a few buffers, and there is a limit on how many there are.
 */
final class WorkerListener implements AutoCloseable {
  private static final int MAX_CLIENTS = 4096;

  private final Path socket;
  private final ServerSocketChannel server;
  private final Backends backends;
  private final Peers peers;
  private final Supplier<Optional<? extends AutoCloseable>> guests;
  private final Map<SocketChannel, Thread> clients = new ConcurrentHashMap<>();

  /** Gives the store that a new client finds. */
  @FunctionalInterface
  interface Backends {
    Backend get() throws IOException;
  }

  /**
   * Binds the socket, replacing a dead one.
   *
   * @param owner the daemon's own user
   * @param guests counts a client in until it is closed; empty if no more are wanted
   */
  WorkerListener(
      Path socket,
      String owner,
      Backends backends,
      Supplier<Optional<? extends AutoCloseable>> guests)
      throws IOException {
    this.socket = socket;
    this.backends = backends;
    this.peers = new Peers(owner);
    this.guests = guests;
    Files.createDirectories(socket.toAbsolutePath().getParent());
    Files.deleteIfExists(socket);
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket), 128);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException e) {
      server.close();
      throw e;
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
      try (ClientService service = new ClientService(backend, folder(peer.user()), settings)) {
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
