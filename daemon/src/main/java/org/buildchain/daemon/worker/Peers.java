package org.buildchain.daemon.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.settings.Settings;

/**
 * Who may use the store by Nix's protocol, and who may do what an administrator may. Source: {@code
 * authPeer} in {@code src/nix/unix/daemon.cc} of Nix 2.26.
 */
final class Peers {
  private static final Path GROUPS = Path.of("/etc/group");
  private static final String EVERYBODY = "*";

  private final String owner;
  private final boolean ownerTrusted;

  /**
   * @param owner the daemon's own user
   * @param ownerTrusted whether that user is trusted though no setting says so
   */
  Peers(String owner, boolean ownerTrusted) {
    this.owner = owner;
    this.ownerTrusted = ownerTrusted;
  }

  /**
   * A user at the other end, as the kernel says.
   *
   * @param group the user's first
   */
  record Peer(String user, String group) {}

  /** Whether the peer is trusted; empty if it is refused. */
  Optional<Boolean> admit(Peer peer, Settings settings) {
    if ((ownerTrusted && peer.user().equals(owner))
        || listed(peer, settings.list("trusted-users"))) {
      return Optional.of(true);
    }
    List<String> allowed = settings.list("allowed-users");
    if (allowed.equals(List.of("auto"))) {
      allowed = owner.equals("root") ? List.of(EVERYBODY) : List.of();
    }
    return peer.user().equals(owner) || listed(peer, allowed)
        ? Optional.of(false)
        : Optional.empty();
  }

  private static boolean listed(Peer peer, List<String> names) {
    for (String name : names) {
      if (name.equals(EVERYBODY)
          || name.equals(peer.user())
          || (name.startsWith("@") && inGroup(peer, name.substring(1)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean inGroup(Peer peer, String group) {
    if (group.equals(peer.group())) {
      return true;
    }
    try {
      // name:password:number:members
      for (String line : Files.readAllLines(GROUPS, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length == 4 && fields[0].equals(group)) {
          return Arrays.asList(fields[3].split(",")).contains(peer.user());
        }
      }
    } catch (IOException e) {
      // A machine without groups has no members.
    }
    return false;
  }
}
