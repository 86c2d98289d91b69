package org.buildchain.substituter.worker;

import java.io.IOException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a build ended, as the protocol says it.
 *
 * @param error empty if it went well
 * @param outputs what each output became
 */
record BuildOutcome(
    Status status,
    String error,
    Instant started,
    Instant stopped,
    SortedMap<String, Realisation> outputs) {

  /** In the order of the protocol's numbers. */
  enum Status {
    BUILT,
    SUBSTITUTED,
    ALREADY_VALID,
    PERMANENT_FAILURE,
    INPUT_REJECTED,
    OUTPUT_REJECTED,
    TRANSIENT_FAILURE,
    CACHED_FAILURE,
    TIMED_OUT,
    MISCELLANEOUS_FAILURE,
    DEPENDENCY_FAILED,
    LOG_LIMIT_EXCEEDED,
    NOT_DETERMINISTIC,
    RESOLVES_TO_ALREADY_VALID,
    NO_SUBSTITUTERS;

    boolean isFailure() {
      return compareTo(PERMANENT_FAILURE) >= 0 && this != RESOLVES_TO_ALREADY_VALID;
    }
  }

  static BuildOutcome failed(Status status, String error) {
    return new BuildOutcome(status, error, Instant.EPOCH, Instant.EPOCH, new TreeMap<>());
  }

  void write(WireWriter out, int version) throws IOException {
    out.number(status.ordinal()).text(error);
    out.number(status == Status.BUILT ? 1 : 0).flag(false);
    out.number(started.getEpochSecond()).number(stopped.getEpochSecond());
    if (version >= Protocol.CPU_TIMES) {
      out.number(0).number(0);
    }
    out.number(outputs.size());
    for (Realisation output : outputs.values()) {
      out.text(output.id().toString()).text(output.json());
    }
  }
}
