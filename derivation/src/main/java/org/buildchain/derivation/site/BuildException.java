package org.buildchain.derivation.site;

/**
 * A derivation that cannot be built, or failed to. The message is for the user: it names the
 * derivation, what went wrong and the next step, as Nix words it where Nix has words.
 */
public class BuildException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What further lines of a message begin with, to stand behind {@code error: }. */
  public static final String INDENT = "\n       ";

  private final int exitStatus;

  /** A failure that ends the command with Nix's status 1. */
  public BuildException(String message) {
    this(message, 1);
  }

  /**
   * A failure that ends the command with {@code exitStatus} (Nix: 100 failed build, 101 timed out,
   * 102 hash mismatch, 104 not deterministic).
   */
  public BuildException(String message, int exitStatus) {
    super(message);
    this.exitStatus = exitStatus;
  }

  /** The same, for what was caused by another failure. */
  public BuildException(String message, int exitStatus, Throwable cause) {
    super(message, cause);
    this.exitStatus = exitStatus;
  }

  /** The exit status of the command that asked for the build. */
  public int exitStatus() {
    return exitStatus;
  }
}
