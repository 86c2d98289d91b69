package org.buildchain.language.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's paths tell what is right. */
final class PathsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "./a",
        "../a",
        "../../a/b",
        "../../../../a",
        "./../a",
        ".././a",
        "a/b",
        "a",
        "./.a",
        "./a/.b",
        "./a/../b",
        "..",
        ".",
        "./.",
        "./a/",
        "./a//b",
        "../a/./b",
        ".a/b",
        "..a/b",
        "../..",
        "./..a",
        "/x/../a",
        "/a"
      })
  void relativePathsAreMadeAbsolute(String path) {
    for (String base : new String[] {"/", "/x", "/x/y", "/x/y/z", "/.x/y"}) {
      String expected = Path.of(base).resolve(path).normalize().toString();
      assertEquals(expected, Paths.absolute(path, base), base + " " + path);
      assertEquals(expected, Paths.literal(path, base), base + " " + path);
    }
  }
}
