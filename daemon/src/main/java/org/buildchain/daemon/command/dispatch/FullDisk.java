package org.buildchain.daemon.command.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.daemon.command.CommandContext;

/** Says of which disk there is too little, where that is the store's. */
final class FullDisk {
  private static final String FULL = "No space left on device";
  private static final long LEAST_ROOM = 16L << 20;

  private FullDisk() {}

  /** The message, with what to do where it tells of a full disk and the store's is one. */
  static String told(CommandContext context, String message) {
    if (message == null || !message.endsWith(FULL)) {
      return message;
    }
    Path root = context.services().root();
    // What could not be written may have given its room back by now.
    boolean written = message.startsWith(root + "/");
    return !written && room(root) >= LEAST_ROOM
        ? message
        : (written ? FULL : message)
            + ": the disk of the store '"
            + root
            + "' is full; 'bc store gc' removes what nothing keeps alive";
  }

  private static long room(Path root) {
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
