package org.buildchain.substituter.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WireWriter;
import org.buildchain.substituter.worker.wire.WorkerLog;

/**
 * What the handlers of one client's requests share.
 *
 * @param version of the protocol, negotiated
 * @param trusted whether the client may do what an administrator may
 */
record Conversation(
    WireReader in,
    WireWriter out,
    WorkerLog log,
    WorkerService service,
    int version,
    boolean trusted) {

  private static final String INDENT = "       ";

  /** What names this program's command: the client's user has Nix's. */
  private static final Pattern HINT = Pattern.compile("( *)For full logs, run 'bc log (.*)'\\.");

  Store store() {
    return service.store();
  }

  /** A message of this program for the client, within an error: the client indents it. */
  static String words(String message) {
    return lines(message, line -> line.startsWith(INDENT) ? line.substring(INDENT.length()) : line);
  }

  /** The same among what is logged, which the client prints as it is. */
  static String logged(String message) {
    return lines(message, line -> line);
  }

  private static String lines(String message, UnaryOperator<String> indented) {
    List<String> lines = new ArrayList<>();
    for (String line : message.split("\n", -1)) {
      String shown = lines.isEmpty() ? line : indented.apply(line);
      Matcher hint = HINT.matcher(shown);
      if (hint.matches()) {
        lines.add(hint.group(1) + "For full logs, run:");
        lines.add(hint.group(1) + "  nix log " + hint.group(2));
      } else {
        lines.add(shown);
      }
    }
    return Octets.fromText(String.join("\n", lines));
  }
}
