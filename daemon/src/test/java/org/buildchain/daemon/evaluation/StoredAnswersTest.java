package org.buildchain.daemon.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredAnswersTest {
  private static final long BOUND = 1 << 16;
  private static final List<String> QUESTION = List.of("1", "value", "a\u00ff");

  @TempDir Path root;

  private StoredAnswers answers(String build) {
    return new StoredAnswers(root.resolve("answers"), build, BOUND);
  }

  private static StoredAnswers.Answer answer(String text) {
    return new StoredAnswers.Answer(
        List.of(text, ""), List.of(List.of("file", "/a", "x"), List.of("system", "", "y")));
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("answers"))) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void anotherProcessFindsThem() throws IOException {
    answers("b").put(QUESTION, answer("\u00fe\n"));
    assertEquals(Optional.of(answer("\u00fe\n")), answers("b").find(QUESTION));
    assertEquals(Optional.empty(), answers("b").find(List.of("1", "value", "a")));
    assertEquals(Optional.empty(), answers("b").find(List.of("1", "valuea\u00ff")));
  }

  @Test
  void anotherBuildDoesNot() throws IOException {
    answers("b").put(QUESTION, answer("x"));
    assertEquals(Optional.empty(), answers("c").find(QUESTION));
    // Nor does one without a name keep any.
    answers("").put(QUESTION, answer("x"));
    assertEquals(Optional.empty(), answers("").find(QUESTION));
  }

  @Test
  void damagedOnesCountAsAbsent() throws IOException {
    StoredAnswers all = answers("b");
    all.put(QUESTION, answer("x"));
    byte[] whole = Files.readAllBytes(file());
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      all.put(QUESTION, answer("x"));
      Files.write(file(), damaged);
      assertEquals(Optional.empty(), all.find(QUESTION), "byte " + i);
      all.put(QUESTION, answer("x"));
      Files.write(file(), Arrays.copyOf(whole, i));
      assertEquals(Optional.empty(), all.find(QUESTION), i + " bytes");
    }
    all.put(QUESTION, answer("x"));
    assertEquals(Optional.of(answer("x")), all.find(QUESTION));
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() throws IOException {
    StoredAnswers all = answers("b");
    String long1 = "x".repeat(30_000);
    all.put(List.of("first"), answer(long1));
    Files.setLastModifiedTime(file(), FileTime.fromMillis(1000));
    all.put(List.of("second"), answer(long1));
    // Asking counts as use.
    assertEquals(Optional.of(answer(long1)), all.find(List.of("first")));
    try (Stream<Path> files = Files.list(root.resolve("answers"))) {
      for (Path file : files.toList()) {
        if (all.find(List.of("first")).isPresent() && !isFirst(file)) {
          Files.setLastModifiedTime(file, FileTime.fromMillis(2000));
        }
      }
    }
    all.put(List.of("third"), answer(long1));
    assertEquals(Optional.of(answer(long1)), all.find(List.of("first")));
    assertEquals(Optional.empty(), all.find(List.of("second")));
    // What is larger than all that may be kept takes no other's place.
    all.put(List.of("fourth"), answer("x".repeat(70_000)));
    assertEquals(Optional.of(answer(long1)), all.find(List.of("third")));
    assertEquals(Optional.empty(), all.find(List.of("fourth")));
  }

  private static boolean isFirst(Path file) throws IOException {
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
        .contains("first");
  }
}
