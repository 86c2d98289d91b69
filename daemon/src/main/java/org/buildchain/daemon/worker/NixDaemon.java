package org.buildchain.daemon.worker;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;

/**
 * A daemon as Nix has it: a process that serves the store that Nix's environment variables name,
 * speaks Nix's protocol and no other, and stands in the foreground. It needs neither a mount nor a
 * root of its own. A store that is removed while nobody is connected is a new one after.
 */
public final class NixDaemon {
  private final NixFolders folders;
  private Optional<PlainBackend> current = Optional.empty();

  private NixDaemon(NixFolders folders) {
    this.folders = folders;
  }

  /**
   * Serves until the process is ended.
   *
   * @param args none
   */
  public static void main(String[] args) {
    if (!List.of(args).isEmpty()) {
      System.err.println("error: unknown argument '" + args[0] + "'");
      System.exit(1);
    }
    try {
      new NixDaemon(NixFolders.of(Map.copyOf(System.getenv()))).serve();
    } catch (IOException | FormatException | StoreException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() throws IOException, InterruptedException {
    try (WorkerListener listener =
        new WorkerListener(
            folders.socket(),
            // As with Nix, only the settings trust somebody.
            new Peers(System.getProperty("user.name"), false),
            this::backend,
            () -> Optional.of((AutoCloseable) () -> {}))) {
      Runtime.getRuntime().addShutdownHook(new Thread(listener::close, "nix-daemon-stop"));
      Thread accepting = Thread.ofPlatform().name("nix-accept").start(listener::serve);
      accepting.join();
    }
  }

  /** The store as it is now. */
  private synchronized Backend backend() throws IOException {
    if (current.isPresent() && !current.get().isCurrent()) {
      // Its files are gone; who is in the midst of a request finds that out.
      current.get().close();
      current = Optional.empty();
    }
    if (current.isEmpty()) {
      current = Optional.of(new PlainBackend(folders, PlainBackend.settings(folders)));
    }
    return current.get();
  }
}
