package org.buildchain.daemon.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashSet;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/**
 * Who may speak to the daemon: its own user, and root.
 *
 * <p>Threat: the daemon reads and writes files with its own rights on behalf of whoever connects,
 * so a caller with fewer rights could read what it must not. The socket stands in a folder of mode
 * 0700, which keeps others out already; the kernel's word on the peer holds even where somebody
 * opened that folder up.
 */
final class PeerCheck {
  private final Set<UserPrincipal> admitted = new HashSet<>();

  /**
   * @param own a file that the daemon has made, whose owner is the daemon's user
   */
  PeerCheck(Path own) throws IOException {
    admitted.add(Files.getOwner(own));
    try {
      admitted.add(
          FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("root"));
    } catch (UserPrincipalNotFoundException e) {
      // A machine without that name admits the daemon's own user alone.
    }
  }

  /** Whether the process at the other end, as it was when it connected, may give commands. */
  boolean admits(SocketChannel channel) throws IOException {
    return admitted.contains(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
  }
}
