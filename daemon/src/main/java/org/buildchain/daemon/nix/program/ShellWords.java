package org.buildchain.daemon.nix.program;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.command.CommandException;

/** Words as a POSIX shell reads them. */
public final class ShellWords {
  private ShellWords() {}

  /** A word in single quotes. */
  public static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * The words of a line, quotes and backslashes taken away.
   *
   * @throws CommandException if a quote is not closed
   */
  public static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
        if (begun) {
          words.add(word.toString());
          word.setLength(0);
          begun = false;
        }
        continue;
      }
      begun = true;
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new CommandException("unterminated quote in shebang line");
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
