package org.buildchain.substituter.worker;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.WorkerLog;

/** Shows builds to the client: an activity for each, its output line by line. */
final class BuildLog implements BuildEvent.Listener {
  private final StoreDir dir;
  private final WorkerLog log;
  private final Set<StorePath> answered;
  private final Map<StorePath, Long> activities = new ConcurrentHashMap<>();

  /**
   * @param answered the derivations whose failure is part of the answer, and not shown
   */
  BuildLog(StoreDir dir, WorkerLog log, Set<StorePath> answered) {
    this.dir = dir;
    this.log = log;
    this.answered = answered;
  }

  @Override
  public void on(BuildEvent event) {
    switch (event) {
      case BuildEvent.Started s -> {
        String path = dir.print(s.derivation());
        String what = s.mode() == BuildMode.CHECK ? "checking outputs of '" : "building '";
        String machine = s.machine().orElse("");
        String where = machine.isEmpty() ? "'" : "' on '" + machine + "'";
        long activity =
            log.activity(
                WorkerLog.Level.INFO,
                WorkerLog.BUILD,
                what + path + where,
                List.of(path, machine, 1, 1));
        activities.put(s.derivation(), activity);
      }
      case BuildEvent.LogLine l -> result(l.derivation(), WorkerLog.BUILD_LOG_LINE, l.line());
      case BuildEvent.HookLine h -> result(h.derivation(), WorkerLog.HOOK_LINE, h.line());
      case BuildEvent.Phase p -> result(p.derivation(), WorkerLog.SET_PHASE, p.phase());
      case BuildEvent.Message m -> log.note(m.text());
      case BuildEvent.Note n -> log.note(n.text());
      case BuildEvent.Finished f -> end(f.derivation());
      case BuildEvent.Failed f -> {
        end(f.derivation());
        f.message()
            .filter(_ -> !answered.contains(f.derivation()))
            .ifPresent(m -> log.message(WorkerLog.Level.ERROR, "error: " + Conversation.logged(m)));
      }
      case BuildEvent.Planned _, BuildEvent.Fetching _ -> {}
    }
  }

  private void result(StorePath drvPath, int type, String text) {
    Long activity = activities.get(drvPath);
    if (activity != null) {
      log.result(activity, type, List.of(text));
    }
  }

  private void end(StorePath drvPath) {
    Long activity = activities.remove(drvPath);
    if (activity != null) {
      log.end(activity);
    }
  }
}
