package org.buildchain.store.pin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinsTest {
  private static final StorePath A = new StorePath("0123456789abcdfghijklmnpqrsvwxyz", "a");
  private static final StorePath B = new StorePath("1123456789abcdfghijklmnpqrsvwxyz", "b");

  @TempDir Path temp;

  private List<Path> pins() throws IOException {
    try (var files = Files.list(temp.resolve("pins/auto"))) {
      return files.toList();
    }
  }

  @Test
  void aLinkLeadsToTheObjectAndThePinToTheLink() throws IOException {
    Pins pins = new Pins(temp.resolve("pins"), Path.of("/view"));
    Path result = temp.resolve("result");
    pins.link(result, A);
    assertEquals(Path.of("/view/" + A), Files.readSymbolicLink(result));
    assertEquals(1, pins().size());
    assertEquals(result, Files.readSymbolicLink(pins().getFirst()));
    pins.link(result, B);
    assertEquals(Path.of("/view/" + B), Files.readSymbolicLink(result));
    assertEquals(1, pins().size());
    pins.link(temp.resolve("result-dev"), A);
    assertEquals(2, pins().size());
  }

  @Test
  void whatIsNoLinkStays() throws IOException {
    Path file = Files.writeString(temp.resolve("result"), "mine");
    Pins pins = new Pins(temp.resolve("pins"), Path.of("/view"));
    assertThrows(FileAlreadyExistsException.class, () -> pins.link(file, A));
    assertEquals("mine", Files.readString(file));
  }
}
