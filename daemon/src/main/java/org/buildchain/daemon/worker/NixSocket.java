package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.server.Listener;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.substituter.worker.ServeSession;
import org.buildchain.substituter.worker.WorkerSession;

/** The socket on which a daemon speaks Nix's protocol; the setting {@code nix-socket} moves it. */
public final class NixSocket implements AutoCloseable {
  private final Optional<WorkerListener> listener;

  /**
   * Binds it, unless the setting is empty.
   *
   * @param own the daemon's other socket, by which it is known how long it shall run
   */
  public NixSocket(Services services, Settings settings, Listener own) throws IOException {
    String place = settings.text("nix-socket");
    if (place.isEmpty()) {
      listener = Optional.empty();
      return;
    }
    // Relative to the working folder, the store's root, since a socket's path may have 107 bytes.
    Backend backend = new MountedBackend(services);
    showLogs();
    WorkerListener made =
        new WorkerListener(
            Path.of(place),
            new Peers(System.getProperty("user.name"), true),
            () -> backend,
            own::guest);
    Thread.ofVirtual().name("nix-accept").start(made::serve);
    listener = Optional.of(made);
  }

  /** Clients read logs themselves, in the place where Nix keeps them. */
  private static void showLogs() throws IOException {
    Path link = Path.of("nix/var/log/nix");
    if (!Files.isSymbolicLink(link)) {
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of("../../../logs"));
    }
  }

  /** Speaks with one client that has come another way, and is trusted, until it goes. */
  public static void serve(Services services, InputStream from, OutputStream to)
      throws IOException {
    Backend backend = new MountedBackend(services);
    try (ClientService service =
        new ClientService(backend, System.getProperty("user.name"), backend.settings())) {
      new WorkerSession(from, to, service, true).run();
    }
  }

  /** Speaks with one client of {@code ssh://}, which is trusted, until it goes. */
  public static void serveSsh(
      Services services, InputStream from, OutputStream to, boolean writes, Consumer<String> shown)
      throws IOException {
    Backend backend = new MountedBackend(services);
    try (ClientService service =
        new ClientService(backend, System.getProperty("user.name"), backend.settings())) {
      new ServeSession(from, to, service, writes, shown).run();
    }
  }

  /** Ends all conversations and removes the socket. */
  @Override
  public void close() {
    listener.ifPresent(WorkerListener::close);
  }
}
