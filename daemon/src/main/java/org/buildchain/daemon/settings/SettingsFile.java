package org.buildchain.daemon.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.store.format.FormatException;

/**
 * Reads a file in the syntax of {@code nix.conf}: lines {@code name = value}, {@code #} to the end
 * of a line, {@code include file} and {@code !include file} (which may be absent). Source: Nix
 * manual, "nix.conf", File format.
 */
final class SettingsFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 16;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /**
   * One setting as it stands.
   *
   * @param where file and line, for messages
   */
  record Line(String name, String value, String where) {}

  private SettingsFile() {}

  /**
   * The lines of a file and of those that it includes; none if there is no such file.
   *
   * @param looked gets the files, there or not
   * @throws FormatException for a line of another form, a missing include, a circle of includes, or
   *     a file of more than 1 MiB
   */
  static List<Line> read(Path file, List<Path> looked) throws IOException {
    List<Line> lines = new ArrayList<>();
    read(file, true, 0, lines, looked);
    return lines;
  }

  private static void read(
      Path file, boolean optional, int depth, List<Line> out, List<Path> looked)
      throws IOException {
    looked.add(file);
    if (depth > MAX_DEPTH) {
      throw new FormatException(file.toString(), "includes are nested too deeply");
    }
    byte[] bytes;
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "Is a directory");
    }
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      if (optional) {
        return;
      }
      throw new FormatException(file.toString(), "is included but does not exist");
    }
    if (bytes.length > MAX_BYTES) {
      throw new FormatException(file.toString(), "is longer than " + MAX_BYTES + " bytes");
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    // Some editors begin every file of UTF-8 so.
    parse(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text, file, depth, out, looked);
  }

  private static void parse(String text, Path file, int depth, List<Line> out, List<Path> looked)
      throws IOException {
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String where = file + ":" + number;
      int comment = raw.indexOf('#');
      String line = (comment < 0 ? raw : raw.substring(0, comment)).strip();
      if (line.isEmpty()) {
        continue;
      }
      List<String> words = List.of(line.split("\\s+"));
      if (words.size() == 2
          && (words.get(0).equals("include") || words.get(0).equals("!include"))) {
        Path target = file.toAbsolutePath().resolveSibling(words.get(1));
        read(target, words.get(0).startsWith("!"), depth + 1, out, looked);
      } else if (words.size() >= 2 && words.get(1).equals("=")) {
        out.add(new Line(words.get(0), String.join(" ", words.subList(2, words.size())), where));
      } else {
        // Where an '=' lacks its spaces the line may hold a secret.
        String shown = line.startsWith("access-tokens") ? "access-tokens" : line;
        throw new FormatException(where, "expected 'name = value', not '" + shown + "'");
      }
    }
  }
}
