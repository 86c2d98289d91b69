package org.buildchain.substituter.worker;

import java.io.IOException;
import java.util.SortedMap;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WorkerLog;

/**
 * What a client wants of its builds ({@code SetOptions}).
 *
 * @param maxJobs builds at a time
 * @param maxSilentSeconds without output, after which a build ends; 0 for none
 * @param cores what {@code NIX_BUILD_CORES} says
 * @param overrides settings by their names in {@code nix.conf}, anybody's word: what an untrusted
 *     client may set is for the service to say
 */
public record ClientOptions(
    boolean keepFailed,
    boolean keepGoing,
    boolean fallback,
    long maxJobs,
    long maxSilentSeconds,
    long cores,
    boolean substitute,
    SortedMap<String, String> overrides) {

  /** Reads them; tells the log what it shall show. */
  static ClientOptions read(WireReader in, WorkerLog log) throws IOException {
    boolean keepFailed = in.flag();
    boolean keepGoing = in.flag();
    boolean fallback = in.flag();
    WorkerLog.Level[] levels = WorkerLog.Level.values();
    long verbosity = in.number();
    log.verbosity(levels[Math.clamp(verbosity, 0, levels.length - 1)]);
    long maxJobs = in.number();
    long maxSilent = in.number();
    in.number(); // useBuildHook
    in.number(); // verboseBuild
    in.number(); // logType
    in.number(); // printBuildTrace
    long cores = in.number();
    boolean substitute = in.flag();
    return new ClientOptions(
        keepFailed, keepGoing, fallback, maxJobs, maxSilent, cores, substitute, in.map());
  }
}
