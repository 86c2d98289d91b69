package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.util.List;
import org.buildchain.store.format.Octets;

/**
 * What the client's user gets to see while a request is worked on: messages, activities and their
 * results. Between requests, and once the client is gone, all of it goes nowhere. Thread-safe.
 * Source: {@code TunnelLogger} in {@code src/libstore/daemon.cc} of Nix 2.26.
 */
public final class WorkerLog {
  /** How important something is; the client says what it wants to see. */
  public enum Level {
    ERROR,
    WARN,
    NOTICE,
    INFO,
    TALKATIVE,
    CHATTY,
    DEBUG,
    VOMIT
  }

  /** {@code actBuild}. */
  public static final int BUILD = 105;

  /** {@code actCopyPath}. */
  static final int COPY_PATH = 100;

  /** {@code resBuildLogLine}. */
  public static final int BUILD_LOG_LINE = 101;

  /** {@code resPostBuildLogLine}. */
  public static final int HOOK_LINE = 107;

  /** {@code resSetPhase}. */
  public static final int SET_PHASE = 104;

  private final WireWriter out;
  private Level verbosity = Level.INFO;
  private boolean working;
  private long activities;

  /** Shows nothing before {@link #start}. */
  public WorkerLog(WireWriter out) {
    this.out = out;
  }

  /** Shows nothing less important from here on. */
  public synchronized void verbosity(Level level) {
    verbosity = level;
  }

  /** A request is worked on from here on. */
  public synchronized void start() {
    working = true;
  }

  /** Whether {@link #start} was called and neither {@link #done} nor {@link #failed} since. */
  public synchronized boolean isWorking() {
    return working;
  }

  /** The request is done: its result follows. */
  public synchronized void done() throws IOException {
    working = false;
    out.number(Protocol.LAST);
  }

  /** The request failed. */
  public synchronized void failed(String message) throws IOException {
    working = false;
    out.number(Protocol.ERROR).text("Error").number(Level.ERROR.ordinal()).text("Error");
    out.text(message).number(0).number(0);
    out.flush();
  }

  /** A message, an octet string, as it shall be printed. */
  public synchronized void message(Level level, String text) {
    if (level.compareTo(verbosity) <= 0) {
      send(w -> w.number(Protocol.NEXT).text(text + "\n"));
    }
  }

  /** A note of another module, text; those that begin so are warnings. */
  public void note(String text) {
    message(text.startsWith("warning: ") ? Level.WARN : Level.INFO, Octets.fromText(text));
  }

  /** Begins an activity; gives its number. */
  public synchronized long activity(Level level, int type, String text, List<?> fields) {
    long id = ++activities;
    send(
        w -> {
          w.number(Protocol.START_ACTIVITY).number(id).number(level.ordinal()).number(type);
          w.text(text);
          fields(w, fields);
          w.number(0);
        });
    return id;
  }

  /**
   * Tells something of an activity.
   *
   * @param type of the protocol, as {@link #BUILD_LOG_LINE}
   * @param fields integers, or what prints as an octet string
   */
  public synchronized void result(long activity, int type, List<?> fields) {
    send(
        w -> {
          w.number(Protocol.RESULT).number(activity).number(type);
          fields(w, fields);
        });
  }

  /** Ends an activity. */
  public synchronized void end(long activity) {
    send(w -> w.number(Protocol.STOP_ACTIVITY).number(activity));
  }

  private static void fields(WireWriter w, List<?> fields) throws IOException {
    w.number(fields.size());
    for (Object field : fields) {
      if (field instanceof Integer number) {
        w.number(0).number(number);
      } else {
        w.number(1).text(field.toString());
      }
    }
  }

  private interface Message {
    void write(WireWriter to) throws IOException;
  }

  private void send(Message message) {
    if (working) {
      try {
        message.write(out);
        out.flush();
      } catch (IOException e) {
        // The client is gone, which whoever reads from it finds out.
        working = false;
      }
    }
  }
}
