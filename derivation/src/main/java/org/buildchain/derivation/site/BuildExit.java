package org.buildchain.derivation.site;

/** How a builder ended. */
public sealed interface BuildExit {
  /** It exited with this status, 0 to 255. */
  record Exited(int status) implements BuildExit {}

  /** A signal killed it. */
  record Killed(int signal) implements BuildExit {}

  /** It was killed for exceeding a limit, named in words ({@code "timed out after 10 seconds"}). */
  record LimitExceeded(String limit) implements BuildExit {}
}
