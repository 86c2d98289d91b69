package org.buildchain.derivation.site;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and with what builds run on this machine.
 *
 * @param builder runs builders in isolation
 * @param fetcher serves {@code builtin:fetchurl}
 * @param archives serves {@code builtin:unpack-channel} and {@code builtin:fetchurl}
 * @param buildRoot a folder on the store's disk in which each build gets folders of its own
 * @param checkRoot a folder on the same disk for outputs that differ from those they are checked
 *     against
 * @param inputRoot a folder that shows valid store objects by base name: the mount
 * @param logs keeps what builders print
 * @param jobs builds at a time, whoever asked for them
 * @param recursion serves builders that need {@code recursive-nix}
 */
public record BuildSite(
    Builder builder,
    UrlFetcher fetcher,
    Archives archives,
    Path buildRoot,
    Path checkRoot,
    Path inputRoot,
    BuildLogs logs,
    int jobs,
    Optional<Recursion> recursion) {
  /** Where builders can't use the store. */
  public BuildSite(
      Builder builder,
      UrlFetcher fetcher,
      Archives archives,
      Path buildRoot,
      Path checkRoot,
      Path inputRoot,
      BuildLogs logs,
      int jobs) {
    this(builder, fetcher, archives, buildRoot, checkRoot, inputRoot, logs, jobs, Optional.empty());
  }
}
