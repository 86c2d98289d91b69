package org.buildchain.derivation.realise;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * How one caller wants its builds to run. Names follow {@code nix.conf}.
 *
 * @param jobs builds at a time, at least 1
 * @param cores what {@code NIX_BUILD_CORES} says; 0 leaves it to the builder
 * @param keepGoing whether the other builds go on when one fails
 * @param keepFailed whether the build folder of a failed build stays
 * @param system the platform, {@code x86_64-linux}
 * @param extraPlatforms other platforms that can be built for here
 * @param systemFeatures what {@code requiredSystemFeatures} may ask for
 * @param sandboxPaths host paths that every builder sees: {@code path} or {@code target=source}, a
 *     {@code ?} at the end where they may be absent
 * @param allowedImpureHostDeps host paths that {@code __impureHostDeps} may name, themselves or
 *     something inside
 * @param limits bounds on each build
 * @param logLines how many of a failed build's last lines its error shows
 * @param substituter is asked before anything is built
 * @param environment where {@code impureEnvVars} of fixed outputs are taken from
 */
public record BuildSettings(
    int jobs,
    int cores,
    boolean keepGoing,
    boolean keepFailed,
    String system,
    SortedSet<String> extraPlatforms,
    SortedSet<String> systemFeatures,
    List<String> sandboxPaths,
    List<String> allowedImpureHostDeps,
    BuildJob.Limits limits,
    int logLines,
    Substituter substituter,
    SortedMap<String, String> environment) {}
