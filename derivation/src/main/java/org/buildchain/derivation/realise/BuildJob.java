package org.buildchain.derivation.realise;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One builder run, all names resolved. Strings are octet strings.
 *
 * @param label what it is, for messages ({@code /nix/store/….drv})
 * @param builder the program, a path as the builder sees it
 * @param args its arguments, without argument 0
 * @param env its whole environment
 * @param storeDir the store folder as the builder sees it, {@code /nix/store}
 * @param inputs base names of the store objects that it may read; each stands under {@code
 *     inputRoot}
 * @param inputRoot a folder of the host that holds the inputs by base name (the mount)
 * @param outputDir an empty folder of the host, on the store's disk; after the run it holds what
 *     the builder left in {@code storeDir} besides the inputs, by base name
 * @param buildDir a folder of the host that becomes {@code sandboxBuildDir}; files that the
 *     derivation passes ({@code passAsFile}, {@code .attrs.json}) stand in it already
 * @param sandboxBuildDir the build folder as the builder sees it, {@code /build}
 * @param hostPaths host files and folders shown read-only ({@code __impureHostDeps}, {@code
 *     sandbox-paths}): from the absolute path as the builder sees it to the one of the host. Absent
 *     ones were dropped or refused before
 * @param network whether the host's network is visible (fixed outputs)
 */
public record BuildJob(
    String label,
    String builder,
    List<String> args,
    SortedMap<String, String> env,
    String storeDir,
    SortedSet<String> inputs,
    Path inputRoot,
    Path outputDir,
    Path buildDir,
    String sandboxBuildDir,
    SortedMap<String, String> hostPaths,
    boolean network,
    Limits limits) {

  /**
   * Bounds on a run; 0 means none.
   *
   * @param timeoutSeconds of the whole run
   * @param maxSilentSeconds without a byte of output
   * @param maxLogBytes of output
   */
  public record Limits(long timeoutSeconds, long maxSilentSeconds, long maxLogBytes) {
    /** No bounds. */
    public static final Limits NONE = new Limits(0, 0, 0);
  }
}
