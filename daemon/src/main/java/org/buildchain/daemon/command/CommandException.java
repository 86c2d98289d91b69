package org.buildchain.daemon.command;

/** A command that cannot go on. The message, an octet string, is the user's. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitStatus;

  /** With Nix's status for an error that has no other, 1. */
  public CommandException(String message) {
    this(message, 1);
  }

  /** With an exit status of its own. */
  public CommandException(String message, int exitStatus) {
    super(message);
    this.exitStatus = exitStatus;
  }

  /** The status that the command ends with. */
  public int exitStatus() {
    return exitStatus;
  }
}
