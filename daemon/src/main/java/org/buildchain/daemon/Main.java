package org.buildchain.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.buildchain.daemon.chain.ChainCommands;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.command.dispatch.CommandLines;
import org.buildchain.daemon.command.dispatch.Dispatcher;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.nix.NixPrograms;
import org.buildchain.daemon.repl.ReplCommand;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.Listener;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.daemon.settings.SettingsLoader;
import org.buildchain.daemon.worker.NixSocket;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import picocli.CommandLine;

/**
 * The daemon's process. {@code BC_ROOT} names the store's root, which is the working folder as
 * well; the system property {@code bc.build} this build. When it serves it writes a line to
 * standard output and closes that; {@code bc} waits for it.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // It would write to the daemon's log what callers may do: give an option twice.
    CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
    try {
      OpenFiles.boundConnections();
      serve(Path.of(System.getenv("BC_ROOT")));
      System.exit(0);
    } catch (IOException e) {
      System.err.println("error: " + IoErrors.message(e));
    } catch (FormatException | StoreException e) {
      System.err.println("error: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.exit(1);
  }

  private static void serve(Path root) throws IOException, InterruptedException {
    Path own = root.resolve("daemon");
    Files.createDirectories(root);
    if (!Files.isDirectory(own)) {
      Files.createDirectory(
          own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    CommandLines lines = new CommandLines(commands(), NixPrograms.all());
    load(lines);
    Settings settings = SettingsLoader.load(root, Map.of()).settings();
    Duration idle = Duration.ofSeconds(settings.number("daemon-idle-timeout"));
    CountDownLatch closed = new CountDownLatch(1);
    String build = System.getProperty("bc.build", "");
    // Relative to the working folder, since a socket's path may have 107 bytes only.
    Path socket = Path.of("daemon/socket");
    try (DaemonLock _ = DaemonLock.take(own.resolve("lock"), socket);
        Listener listener = new Listener(socket, build, idle);
        Engine engine = new Engine(root, settings, listener::running);
        NixSocket nix = new NixSocket(engine, settings, listener)) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    listener.stop(true);
                    await(closed);
                  },
                  "bc-stop"));
      System.out.println("bc: the daemon serves " + root);
      System.out.close();
      Dispatcher dispatcher = new Dispatcher(engine, lines);
      try (WarmUp warmUp =
          new WarmUp(dispatcher, own(dispatcher, lines), root.resolve("cache/warm-up"))) {
        if (settings.flag("daemon-warm-up")) {
          warmUp.start();
        }
        listener.serve(warmUp, nix::close);
      }
    } finally {
      closed.countDown();
    }
  }

  /** Has another core load what takes long and is needed later, while the daemon is made. */
  private static void load(CommandLines lines) {
    Thread.ofPlatform()
        .daemon()
        .name("bc-load")
        .start(
            () -> {
              DiskStore.load();
              lines.prepare();
            });
  }

  private static WarmUp.Commands own(Dispatcher dispatcher, CommandLines lines) {
    return new WarmUp.Commands() {
      @Override
      public void prepare() {
        lines.prepare();
      }

      @Override
      public int run(Caller caller, KeptEvaluators evaluators) {
        return dispatcher.run(caller, evaluators);
      }
    };
  }

  /** The commands that stand in packages of their own. */
  private static Map<String, Supplier<CommandLine>> commands() {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("repl", () -> new CommandLine(new ReplCommand()));
    commands.putAll(NixPrograms.commands());
    commands.putAll(ChainCommands.all());
    return commands;
  }

  /** Keeps the process until all is closed in order, when a signal ends it. */
  private static void await(CountDownLatch closed) {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
