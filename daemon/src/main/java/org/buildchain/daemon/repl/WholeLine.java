package org.buildchain.daemon.repl;

import java.util.List;
import org.jline.reader.ParsedLine;

/**
 * A line in which the word to complete is what stands before the cursor since the last blank or
 * bracket.
 *
 * @param line all of it
 * @param cursor where the cursor stands in it
 */
record WholeLine(String line, int cursor) implements ParsedLine {
  private int start() {
    return Completion.start(line.substring(0, cursor));
  }

  @Override
  public String word() {
    return line.substring(start(), cursor);
  }

  @Override
  public int wordCursor() {
    return cursor - start();
  }

  @Override
  public int wordIndex() {
    return 0;
  }

  @Override
  public List<String> words() {
    return List.of(word());
  }
}
