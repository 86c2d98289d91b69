package org.buildchain.store;

/**
 * Something that the store refuses or finds wrong: an invalid path, a cycle of references, a block
 * that does not match its CID. The message names the thing and, where there is one, the next step.
 */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a message for the user. */
  public StoreException(String message) {
    super(message);
  }

  /** The same, for what was caused by another failure. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
