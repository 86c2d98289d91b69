package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a build ended, as the protocols say it.
 *
 * @param error empty if it went well
 * @param outputs what each output became, as far as that is told
 */
public record BuildOutcome(
    Status status,
    String error,
    Instant started,
    Instant stopped,
    SortedMap<String, Realisation> outputs) {
  private static final int MAX_OUTPUTS = 1 << 16;

  /** In the order of the protocol's numbers. */
  public enum Status {
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

    /** Whether the outputs are not there. */
    public boolean isFailure() {
      return compareTo(PERMANENT_FAILURE) >= 0 && this != RESOLVES_TO_ALREADY_VALID;
    }
  }

  /**
   * A build that has left nothing.
   *
   * @param error for the user, an octet string
   */
  public static BuildOutcome failed(Status status, String error) {
    return new BuildOutcome(status, error, Instant.EPOCH, Instant.EPOCH, new TreeMap<>());
  }

  /** For the worker protocol. */
  public void write(WireWriter out, int version) throws IOException {
    write(out, true, version >= Protocol.CPU_TIMES);
  }

  /**
   * Writes it.
   *
   * @param withOutputs whether the protocol has room for what the outputs became
   * @param cpuTimes whether it has room for the builder's CPU times
   */
  public void write(WireWriter out, boolean withOutputs, boolean cpuTimes) throws IOException {
    out.number(status.ordinal()).text(error);
    out.number(status == Status.BUILT ? 1 : 0).flag(false);
    out.number(started.getEpochSecond()).number(stopped.getEpochSecond());
    if (cpuTimes) {
      out.number(0).number(0);
    }
    if (withOutputs) {
      out.number(outputs.size());
      for (Realisation output : outputs.values()) {
        out.text(output.id().toString()).text(output.json());
      }
    }
  }

  /** Reads what {@link #write} writes. */
  public static BuildOutcome read(WireReader in, boolean withOutputs, boolean cpuTimes)
      throws IOException {
    Status status = Status.values()[in.number("status of a build", Status.values().length - 1)];
    String error = in.text();
    in.number(); // how often it was built
    in.number(); // whether it came out otherwise
    Instant started = time(in);
    Instant stopped = time(in);
    if (cpuTimes) {
      for (int i = 0; i < 2; i++) {
        if (in.flag()) {
          in.number();
        }
      }
    }
    SortedMap<String, Realisation> outputs = new TreeMap<>();
    if (withOutputs) {
      int count = in.number("number of outputs", MAX_OUTPUTS);
      for (int i = 0; i < count; i++) {
        in.text(1 << 12); // its id, which the realisation holds too
        Realisation output = Realisation.parse(in.text(1 << 20));
        outputs.put(output.id().output(), output);
      }
    }
    return new BuildOutcome(status, error, started, stopped, outputs);
  }

  private static Instant time(WireReader in) throws IOException {
    // Anybody's number: one beyond what an Instant holds is no time.
    return Instant.ofEpochSecond(in.number() & 0xffff_ffffL);
  }
}
