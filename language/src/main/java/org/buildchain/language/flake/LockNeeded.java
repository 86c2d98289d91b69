package org.buildchain.language.flake;

import org.buildchain.language.fetch.Input;

/**
 * Ends an evaluation for which a lock file has to be written first: then it begins anew, and finds
 * the flake as it is by then.
 */
public final class LockNeeded extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * What is to be written.
   *
   * @param flake the tree that the file belongs to, as the user named it
   * @param file its path there; an absolute one leads anywhere
   * @param flakeText what {@code flake.nix} beside it holds
   * @param text what it has to hold
   * @param changes for the user, a few lines; may be empty
   * @param commit whether it is to be committed, in a repository
   * @param during what the trace of an error says
   */
  public record Change(
      Input flake,
      String file,
      String flakeText,
      String text,
      String changes,
      boolean commit,
      String during) {}

  private final transient Change change;

  LockNeeded(Change change) {
    super("a lock file has to be written", null, false, false);
    this.change = change;
  }

  /** What is to be written. */
  public Change change() {
    return change;
  }
}
