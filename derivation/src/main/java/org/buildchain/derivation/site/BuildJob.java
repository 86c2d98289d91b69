package org.buildchain.derivation.site;

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
 * @param outputs base names of the store objects that it is to make
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
    SortedSet<String> outputs,
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
   * @param resources what it may take of the machine
   */
  public record Limits(
      long timeoutSeconds, long maxSilentSeconds, long maxLogBytes, Resources resources) {
    /** No bounds. */
    public static final Limits NONE = new Limits(0, 0, 0, Resources.NONE);

    /** Bounds on time and log alone. */
    public Limits(long timeoutSeconds, long maxSilentSeconds, long maxLogBytes) {
      this(timeoutSeconds, maxSilentSeconds, maxLogBytes, Resources.NONE);
    }
  }

  /**
   * What a build may take of the machine, all its processes together where control groups can be
   * had; 0 means all there is.
   *
   * @param groups whether control groups are used
   * @param memoryBytes of memory
   * @param memoryOfProcess bytes of data of each process, where there are no control groups
   * @param processes at a time, threads included
   * @param milliCpus thousandths of a processor's time
   * @param diskBytes that the build's folders may hold
   * @param shmSize of {@code /dev/shm}: a number, with a unit {@code k}, {@code m}, {@code g} or
   *     {@code %} of the memory
   */
  public record Resources(
      Groups groups,
      long memoryBytes,
      long memoryOfProcess,
      long processes,
      long milliCpus,
      long diskBytes,
      String shmSize) {
    /** No bounds but on {@code /dev/shm}, which has Nix's. */
    public static final Resources NONE = new Resources(Groups.NEVER, 0, 0, 0, 0, 0, "50%");
  }

  /** Whether a build is put into control groups of its own. */
  public enum Groups {
    /** It is not. */
    NEVER,
    /** It is where this process may make them. */
    WHERE_POSSIBLE,
    /** It is, or it does not run. */
    ALWAYS
  }
}
