package org.buildchain.daemon.progress;

import java.util.List;

/** The one line that a terminal shows while builds run. */
final class StatusText {
  private static final int NARROWEST = 20;

  private StatusText() {}

  /**
   * The line for a moment, at most {@code columns - 1} characters so that no terminal wraps it.
   * Empty if nothing runs.
   *
   * @param now in nanoseconds, as in the snapshot
   * @param columns the terminal's width; 0 if unknown
   */
  static String render(BuildState.Snapshot s, long now, int columns) {
    if (s.running().isEmpty()) {
      return "";
    }
    int width = (columns == 0 ? 80 : Math.max(columns, NARROWEST)) - 1;
    StringBuilder line = new StringBuilder("[").append(s.done()).append('/').append(s.total());
    if (s.failed() > 0) {
      line.append(", ").append(s.failed()).append(" failed");
    }
    line.append("] ");
    List<BuildState.Running> running = s.running();
    for (int i = 0; i < running.size(); i++) {
      String item = (i == 0 ? "" : ", ") + item(running.get(i), now);
      int more = running.size() - i;
      if (i > 0 && line.length() + item.length() + room(more - 1) > width) {
        line.append(" and ").append(more).append(" more");
        break;
      }
      line.append(item);
    }
    return line.length() > width ? line.substring(0, width - 1) + "~" : line.toString();
  }

  /** What " and N more" would take. */
  private static int room(int more) {
    return more == 0 ? 0 : " and  more".length() + Integer.toString(more).length();
  }

  private static String item(BuildState.Running build, long now) {
    long seconds = Math.max(0, now - build.started()) / 1_000_000_000L;
    String phase = build.phase().isEmpty() ? "" : ", " + build.phase();
    return build.name() + " (" + duration(seconds) + phase + ")";
  }

  private static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m" + seconds % 60 + "s";
    }
    return seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
  }
}
