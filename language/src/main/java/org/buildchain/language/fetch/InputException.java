package org.buildchain.language.fetch;

/** An input that is malformed or does not match what was fetched. The message is Nix's. */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  /** An input that is wrong, in Nix's words. */
  public InputException(String message) {
    this(message, 1);
  }

  InputException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The exit status that Nix gives: 1, or 102 for a wrong hash. */
  public int status() {
    return status;
  }
}
