package org.buildchain.daemon.repl;

import java.util.List;

/** What could be typed next. */
@FunctionalInterface
interface Completion {
  /**
   * Words that could stand where the last one of {@code line} begins.
   *
   * @param line what stands before the cursor, an octet string
   */
  Candidates of(String line);

  /**
   * Words, octet strings.
   *
   * @param before what of the line stays
   */
  record Candidates(String before, List<String> values) {}

  /** Where the last word of a line begins. */
  static int start(String line) {
    int i = line.length();
    while (i > 0 && " \n\r\t(){}[]".indexOf(line.charAt(i - 1)) < 0) {
      i--;
    }
    return i;
  }
}
