package org.buildchain.daemon.command.dispatch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * Command lines made ahead. picocli reads a command's options by reflection, which takes longer
 * than many a command; so the next one of a kind is made while nobody waits.
 */
final class Spares {
  private final Map<String, Supplier<CommandLine>> factories;
  private final Map<String, CommandLine> ready = new ConcurrentHashMap<>();

  /**
   * @param factories how each is made
   */
  Spares(Map<String, Supplier<CommandLine>> factories) {
    this.factories = factories;
  }

  /** A command line that nobody else has. */
  CommandLine take(String name) {
    CommandLine spare = ready.remove(name);
    Supplier<CommandLine> factory = factories.get(name);
    return spare == null ? factory.get() : spare;
  }

  /** Makes the next one of a kind; to be called when a command has ended. */
  void refill(String name) {
    if (factories.containsKey(name) && !ready.containsKey(name)) {
      ready.put(name, factories.get(name).get());
    }
  }
}
