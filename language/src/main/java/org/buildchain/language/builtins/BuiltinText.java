package org.buildchain.language.builtins;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a builtin takes and gives, for people.
 *
 * @param arguments what its arguments are called, in order; none for a constant
 * @param text a few sentences in ASCII, on one line
 */
public record BuiltinText(List<String> arguments, String text) {
  private static final String FILE = "texts.txt";

  public BuiltinText {
    arguments = List.copyOf(arguments);
  }

  /** The texts of all builtins, by their names in {@code builtins}. Reads a resource. */
  public static Map<String, BuiltinText> all() {
    Map<String, BuiltinText> all = new TreeMap<>();
    for (String entry : file().strip().split("\n\n")) {
      String[] lines = entry.split("\n", 2);
      List<String> words = List.of(lines[0].split(" "));
      all.put(words.getFirst(), new BuiltinText(words.subList(1, words.size()), lines[1]));
    }
    return all;
  }

  private static String file() {
    try (InputStream in = BuiltinText.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
