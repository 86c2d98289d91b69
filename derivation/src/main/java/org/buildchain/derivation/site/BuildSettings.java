package org.buildchain.derivation.site;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * How one caller wants its builds to run. Names follow {@code nix.conf}.
 *
 * @param jobs builders at a time; with 0 nothing is built but by builders that are part of bc
 * @param cores what {@code NIX_BUILD_CORES} says; 0 leaves it to the builder
 * @param keepGoing whether the other builds go on when one fails
 * @param keepFailed whether the build folder of a failed build stays, and an output that differs
 *     from the one it is checked against
 * @param fallback whether what a substituter has offered, and failed to deliver, is built
 * @param mode what is done with what the caller asks for
 * @param system the platform, {@code x86_64-linux}
 * @param extraPlatforms other platforms that can be built for here
 * @param systemFeatures what {@code requiredSystemFeatures} may ask for
 * @param sandboxPaths host paths that every builder sees: {@code path} or {@code target=source}, a
 *     {@code ?} at the end where they may be absent
 * @param allowedImpureHostDeps host paths that {@code __impureHostDeps} may name, themselves or
 *     something inside
 * @param limits bounds on each build
 * @param logLines how many of a failed build's last lines its error shows
 * @param hashedMirrors URLs below which fixed outputs stand by their hashes
 * @param hooks what else is run
 * @param differ explains outputs that differ from those they are checked against
 * @param substituter is asked before anything is built
 * @param remote machines that build in place of this one
 * @param environment where {@code impureEnvVars} of fixed outputs are taken from
 */
public record BuildSettings(
    int jobs,
    int cores,
    boolean keepGoing,
    boolean keepFailed,
    boolean fallback,
    BuildMode mode,
    String system,
    SortedSet<String> extraPlatforms,
    SortedSet<String> systemFeatures,
    List<String> sandboxPaths,
    List<String> allowedImpureHostDeps,
    BuildJob.Limits limits,
    int logLines,
    List<String> hashedMirrors,
    Hooks hooks,
    OutputDiffer differ,
    Substituter substituter,
    RemoteBuilders remote,
    SortedMap<String, String> environment) {
  /**
   * What the outcome of a build may depend on: who shares a build that was begun on other terms,
   * and fails, tries it on their own.
   */
  public Object terms() {
    return List.of(
        jobs == 0,
        cores,
        keepFailed,
        system,
        extraPlatforms,
        systemFeatures,
        sandboxPaths,
        allowedImpureHostDeps,
        limits,
        hashedMirrors,
        remote.places() > 0,
        environment);
  }
}
