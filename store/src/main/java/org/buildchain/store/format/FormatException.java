package org.buildchain.store.format;

/**
 * Bytes or text from outside that do not have the form they must have. The message says where (what
 * was read, and the offset or line) and what was expected. Every reader of a foreign format in the
 * project throws this and nothing else for bad input.
 */
public class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error that a sentence tells as a whole. */
  public FormatException(String sentence) {
    super(sentence);
  }

  /** An error in {@code what} (for example {@code "NAR of /nix/store/…"}), as a whole sentence. */
  public FormatException(String what, String problem) {
    super(what + ": " + problem);
  }

  /** An error at a byte offset of {@code what}. */
  public FormatException(String what, long offset, String problem) {
    super(what + ", offset " + offset + ": " + problem);
  }
}
