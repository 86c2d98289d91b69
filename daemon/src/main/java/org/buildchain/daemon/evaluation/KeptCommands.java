package org.buildchain.daemon.evaluation;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Commands that can be answered again without being read: by their whole requests, word for word,
 * the environment included. A few of those that were asked for last are kept. Thread-safe.
 */
final class KeptCommands {
  private static final int MOST = 64;

  /** The longest reply that is kept, in bytes. */
  static final int MOST_REPLY = 1 << 18;

  private final Map<String, KeptCommand> commands = new LinkedHashMap<>(MOST, 0.75f, true);

  /**
   * The one with this request, perhaps one that does not hold any more.
   *
   * @param request an octet string, whose digest the JVM computes sooner than that of an array
   */
  synchronized Optional<KeptCommand> find(String request) {
    return Optional.ofNullable(commands.get(request));
  }

  synchronized void put(String request, KeptCommand command) {
    commands.put(request, command);
    if (commands.size() > MOST) {
      Iterator<String> oldest = commands.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  synchronized void clear() {
    commands.clear();
  }
}
