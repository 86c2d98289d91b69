package org.buildchain.derivation.realise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.buildchain.derivation.attributes.Json;
import org.buildchain.derivation.attributes.JsonReader;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * Cuts a builder's output into lines and keeps the last ones. A carriage return goes back to the
 * line's beginning, as on a terminal. Lines {@code @nix {…}} are messages to the builder's master,
 * not output. Source: {@code handleChildOutput} of Nix 2.26.
 */
final class LogLines {
  /** A longer line is cut: a builder must not fill the memory. */
  private static final int MAX_LINE = 1 << 16;

  private final StorePath drvPath;
  private final int kept;
  private final Consumer<BuildEvent> events;
  private final Deque<String> tail = new ArrayDeque<>();
  private byte[] line = new byte[256];
  private int length;
  private int at;

  /**
   * @param kept how many of the last lines are kept
   */
  LogLines(StorePath drvPath, int kept, Consumer<BuildEvent> events) {
    this.drvPath = drvPath;
    this.kept = kept;
    this.events = events;
  }

  void write(byte[] buffer, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      byte b = buffer[i];
      if (b == '\n') {
        flush();
      } else if (b == '\r') {
        at = 0;
      } else if (at < MAX_LINE) {
        if (at == line.length) {
          line = Arrays.copyOf(line, Math.min(MAX_LINE, line.length * 4));
        }
        line[at++] = b;
        length = Math.max(length, at);
      }
    }
  }

  /** Ends an unfinished last line. */
  void end() {
    if (length > 0) {
      flush();
    }
  }

  List<String> tail() {
    return new ArrayList<>(tail);
  }

  private void flush() {
    String text = Octets.of(line, 0, length);
    length = 0;
    at = 0;
    if (text.startsWith("@nix ") && handle(text.substring(5))) {
      return;
    }
    tail.addLast(text);
    if (tail.size() > kept) {
      tail.removeFirst();
    }
    events.accept(new BuildEvent.LogLine(drvPath, text));
  }

  /** Whether it is a message; what only looks like one is output, and the user is warned. */
  private boolean handle(String text) {
    Json message;
    try {
      message = JsonReader.read("message", text);
    } catch (FormatException e) {
      warn("bad JSON log message from the derivation builder: " + e.getMessage());
      return false;
    }
    if (!(message instanceof Json.Obj object)
        || !(object.members().get("action") instanceof Json.Str action)) {
      warn(
          "Unable to handle a JSON message from the derivation builder: expected an object with a"
              + " string 'action'");
      return false;
    }
    if (action.value().equals("setPhase")
        && object.members().get("phase") instanceof Json.Str phase) {
      events.accept(new BuildEvent.Phase(drvPath, phase.value()));
    }
    return true;
  }

  private void warn(String text) {
    events.accept(new BuildEvent.Message(drvPath, "warning: " + text));
  }
}
