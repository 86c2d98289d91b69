package org.buildchain.daemon.progress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.store.path.StorePath;

/** What builds now, and how many of how many are done. Thread-safe. */
final class BuildState {
  /**
   * A build that runs.
   *
   * @param started in nanoseconds of the caller's clock
   * @param phase what its builder said it is doing; may be empty
   */
  record Running(String name, long started, String phase) {}

  /** One moment. */
  record Snapshot(int total, int done, int failed, List<Running> running) {}

  private final Map<StorePath, Running> running = new LinkedHashMap<>();
  private int total;
  private int done;
  private int failed;

  /** Takes an event into account. */
  synchronized void take(BuildEvent event, long now) {
    switch (event) {
      case BuildEvent.Planned p -> total += p.derivations().size();
      case BuildEvent.Started s ->
          running.put(s.derivation(), new Running(name(s.derivation()), now, ""));
      case BuildEvent.Phase p ->
          running.computeIfPresent(
              p.derivation(), (d, r) -> new Running(r.name(), r.started(), p.phase()));
      case BuildEvent.Finished f -> {
        done++;
        running.remove(f.derivation());
      }
      case BuildEvent.Failed f -> {
        failed++;
        running.remove(f.derivation());
      }
      case BuildEvent.Fetching f -> {}
      case BuildEvent.Note n -> {}
      case BuildEvent.LogLine l -> {}
      case BuildEvent.HookLine h -> {}
      case BuildEvent.Message m -> {}
    }
  }

  /** How things stand. */
  synchronized Snapshot snapshot() {
    return new Snapshot(total, done, failed, new ArrayList<>(running.values()));
  }

  static String name(StorePath derivation) {
    String name = derivation.name();
    return name.endsWith(".drv") ? name.substring(0, name.length() - 4) : name;
  }
}
