package org.buildchain.diff.layout;

import java.util.Optional;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;

/**
 * A part of a file with one meaning.
 *
 * @param label names it within its entry; empty if the entry's name says all
 * @param content what is compared
 * @param packed the bytes in the file where {@code content} was packed
 * @param reading how a difference is looked at
 * @param cause the class of a difference that nothing else explains
 * @param effect how far that one reaches
 * @param explained how far one reaches whose cause is found in its strings
 */
public record Piece(
    String label,
    Bytes content,
    Optional<Bytes> packed,
    Reading reading,
    DifferenceClass cause,
    Effect effect,
    Effect explained) {
  /** How a difference is looked at. */
  public enum Reading {
    /** As bytes. */
    BYTES,
    /** As strings among bytes: their differences may have a cause of their own. */
    STRINGS,
    /** As a file. */
    FILE
  }

  /** Bytes that differ for one reason. */
  public static Piece bytes(String label, Bytes content, DifferenceClass cause, Effect effect) {
    return new Piece(label, content, Optional.empty(), Reading.BYTES, cause, effect, effect);
  }

  /** Bytes with strings in them. */
  public static Piece strings(
      String label, Bytes content, DifferenceClass cause, Effect effect, Effect explained) {
    return new Piece(label, content, Optional.empty(), Reading.STRINGS, cause, effect, explained);
  }

  /** A file within the file. */
  public static Piece file(String label, Bytes content, Optional<Bytes> packed) {
    return new Piece(
        label, content, packed, Reading.FILE, DifferenceClass.UNKNOWN, Effect.CODE, Effect.CODE);
  }
}
