package org.buildchain.derivation.realise;

import java.nio.file.Path;

/**
 * Where and with what builds run on this machine.
 *
 * @param builder runs builders in isolation
 * @param fetcher serves {@code builtin:fetchurl}
 * @param buildRoot a folder on the store's disk in which each build gets folders of its own
 * @param inputRoot a folder that shows valid store objects by base name: the mount
 * @param logs keeps what builders print
 * @param jobs builds at a time, whoever asked for them
 */
public record BuildSite(
    Builder builder,
    UrlFetcher fetcher,
    Path buildRoot,
    Path inputRoot,
    BuildLogs logs,
    int jobs) {}
