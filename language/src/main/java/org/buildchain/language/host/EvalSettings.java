package org.buildchain.language.host;

import java.util.List;
import java.util.Set;
import org.buildchain.language.syntax.Lints;

/**
 * How an evaluation goes.
 *
 * @param showTrace whether calls are recorded in traces, and traces shown whole
 * @param traceVerbose whether {@code builtins.traceVerbose} prints
 * @param abortOnWarn whether {@code builtins.warn} fails
 * @param maxCallDepth how deep calls may nest
 * @param cores how many threads evaluate at once; 0 for as many as the machine has cores
 * @param access what may be read
 * @param lints what is done about literals that are better avoided
 * @param features the experimental features that are on, by Nix's names
 */
public record EvalSettings(
    boolean showTrace,
    boolean traceVerbose,
    boolean abortOnWarn,
    int maxCallDepth,
    int cores,
    Access access,
    Lints lints,
    Set<String> features) {
  /**
   * What an evaluation may read. Source: Nix manual, settings {@code pure-eval}, {@code
   * restrict-eval}, {@code allowed-uris}.
   *
   * @param pure whether nothing but what is named by a hash may be read
   * @param restricted whether only the search path, what is fetched and {@code allowedUris} may be
   * @param allowedUris prefixes of URIs that are allowed in both cases
   */
  public record Access(boolean pure, boolean restricted, List<String> allowedUris) {
    /** Everything may be read. */
    public static final Access FREE = new Access(false, false, List.of());

    public Access {
      allowedUris = List.copyOf(allowedUris);
    }
  }

  /** Nix's defaults. */
  public static final EvalSettings DEFAULT =
      new EvalSettings(false, false, false, 10_000, 0, Access.FREE, Lints.NONE, Set.of());

  public EvalSettings {
    features = Set.copyOf(features);
  }

  /** Whether nothing but what is named by a hash may be read. */
  public boolean pure() {
    return access.pure();
  }

  /** Whether an experimental feature is on. */
  public boolean has(String feature) {
    return features.contains(feature);
  }

  /** These settings with other rules on what may be read. */
  public EvalSettings withAccess(Access other) {
    return new EvalSettings(
        showTrace, traceVerbose, abortOnWarn, maxCallDepth, cores, other, lints, features);
  }

  /** These settings with other lints. */
  public EvalSettings withLints(Lints other) {
    return new EvalSettings(
        showTrace, traceVerbose, abortOnWarn, maxCallDepth, cores, access, other, features);
  }

  /** These settings with other experimental features. */
  public EvalSettings withFeatures(Set<String> other) {
    return new EvalSettings(
        showTrace, traceVerbose, abortOnWarn, maxCallDepth, cores, access, lints, other);
  }

  /** These settings with one thread that evaluates: then it can be told which thunks are done. */
  public EvalSettings inOrder() {
    return new EvalSettings(
        showTrace, traceVerbose, abortOnWarn, maxCallDepth, 1, access, lints, features);
  }

  /** How many threads evaluate besides the one that asks. */
  public int helpers() {
    return (cores == 0 ? Runtime.getRuntime().availableProcessors() : cores) - 1;
  }
}
