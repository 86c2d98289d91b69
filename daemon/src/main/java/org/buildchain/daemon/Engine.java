package org.buildchain.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.buildchain.daemon.command.Services;

/** The parts of the running daemon. */
final class Engine implements Services {
  private final Path root;
  private final IntSupplier running;
  private final long started = System.nanoTime();

  /**
   * @param running tells how many commands run
   */
  Engine(Path root, IntSupplier running) {
    this.root = root;
    this.running = running;
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public String version() {
    String version = Engine.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0" : version;
  }

  @Override
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  @Override
  public int running() {
    return running.getAsInt();
  }
}
