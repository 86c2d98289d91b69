package org.buildchain.diff.report;

import java.util.List;

/**
 * One difference, or several alike in one place. All texts are octet strings.
 *
 * @param path the file below the output, names joined by slashes; empty for the output itself
 * @param place where in the file, from outside to inside (a member of an archive, a section); names
 *     of more than 1024 bytes are cut
 * @param cause what makes the sides differ
 * @param effect how far it can reach
 * @param detail a sentence; empty if the class says all
 * @param left an excerpt of the first one on the left, printable, at most 160 bytes; may be empty
 * @param right the same of the right
 * @param count how many there are, at least 1
 */
public record Difference(
    String path,
    List<String> place,
    DifferenceClass cause,
    Effect effect,
    String detail,
    String left,
    String right,
    int count) {
  /** A copy with one more counted. */
  Difference again() {
    return new Difference(
        path,
        place,
        cause,
        effect,
        detail,
        left,
        right,
        count == Integer.MAX_VALUE ? count : count + 1);
  }
}
