package org.buildchain.substituter.worker;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;

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

  Store store() {
    return service.store();
  }

  /** A message of this program for the client: what it prints is indented by the client. */
  static String words(String message) {
    List<String> lines = new ArrayList<>();
    for (String line : message.split("\n", -1)) {
      lines.add(lines.isEmpty() || !line.startsWith("       ") ? line : line.substring(7));
    }
    return Octets.fromText(String.join("\n", lines));
  }
}
