package org.buildchain.daemon.command;

/** A command that cannot go on. The message, an octet string, is the user's. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitStatus;

  CommandException(String message) {
    this(message, 1);
  }

  CommandException(String message, int exitStatus) {
    super(message);
    this.exitStatus = exitStatus;
  }

  int exitStatus() {
    return exitStatus;
  }
}
