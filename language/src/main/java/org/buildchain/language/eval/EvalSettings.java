package org.buildchain.language.eval;

/**
 * How an evaluation goes.
 *
 * @param showTrace whether calls are recorded in traces, and traces shown whole
 * @param pipeOperators whether {@code |>} and {@code <|} are enabled
 * @param pure whether nothing but what is named by hash may be read
 * @param traceVerbose whether {@code builtins.traceVerbose} prints
 * @param abortOnWarn whether {@code builtins.warn} fails
 * @param maxCallDepth how deep calls may nest
 */
public record EvalSettings(
    boolean showTrace,
    boolean pipeOperators,
    boolean pure,
    boolean traceVerbose,
    boolean abortOnWarn,
    int maxCallDepth) {
  /** Nix's defaults. */
  public static final EvalSettings DEFAULT =
      new EvalSettings(false, false, false, false, false, 10_000);
}
