package org.buildchain.language.fetch;

import org.buildchain.store.format.FormatException;

/** An input that is malformed or does not match what was fetched. The message is Nix's. */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final boolean ofHash;

  /** An input that is wrong, in Nix's words. */
  public InputException(String message) {
    this(message, 1);
  }

  InputException(String message, int status) {
    super(message);
    this.status = status;
    this.ofHash = false;
  }

  /** A hash or commit that is none. */
  InputException(FormatException hash) {
    super(hash.getMessage(), hash);
    this.status = 1;
    this.ofHash = true;
  }

  /** Whether a hash in it is none, and not the input as such. */
  boolean isOfHash() {
    return ofHash;
  }

  /** The exit status that Nix gives: 1, or 102 for a wrong hash. */
  public int status() {
    return status;
  }
}
