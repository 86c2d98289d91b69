package org.buildchain.store.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStampsTest {
  private static final long FUTURE = Long.MAX_VALUE;

  @TempDir Path folder;
  private final List<FileStamps.Place> places = new ArrayList<>();

  /** A place for each of these, links not followed, and then each again, links followed. */
  @BeforeEach
  void places() throws IOException {
    Files.writeString(folder.resolve("0-file"), "content");
    Files.createSymbolicLink(folder.resolve("1-link"), Path.of("0-file"));
    Files.createDirectory(folder.resolve("2-folder"));
    Files.createSymbolicLink(folder.resolve("3-dangling"), Path.of("nowhere"));
    List<String> names =
        List.of("0-file", "1-link", "2-folder", "3-dangling", "none", "0-file/below");
    for (boolean follow : new boolean[] {false, true}) {
      for (String name : names) {
        places.add(new FileStamps.Place(octets(folder.resolve(name)), follow));
      }
    }
  }

  private static String octets(Path path) {
    return Octets.of(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  private FileStamps take() {
    return FileStamps.take(places).orElseThrow();
  }

  private static BitSet set(int... places) {
    BitSet set = new BitSet();
    for (int place : places) {
      set.set(place);
    }
    return set;
  }

  @Test
  void nothingDiffers() {
    assertEquals(set(), take().differing());
    assertEquals(set(), FileStamps.take(List.of()).orElseThrow().differing());
  }

  @Test
  void contentOfTheSameLengthAndTime() throws IOException {
    Path file = folder.resolve("0-file");
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, time);
    FileStamps stamps = take();
    // The clock of the file system's times may stand for some milliseconds.
    do {
      Files.writeString(file, "CONTENT");
      Files.setLastModifiedTime(file, time);
    } while (stamps.differing().isEmpty());
    assertEquals(set(0, 6, 7), stamps.differing());
    assertEquals(set(0, 6, 7), stamps.differing());
  }

  @Test
  void anotherInItsPlace() throws IOException {
    Path other = Files.writeString(folder.resolve("2-folder/other"), "content");
    FileStamps stamps = take();
    Files.move(other, folder.resolve("0-file"), StandardCopyOption.REPLACE_EXISTING);
    BitSet differing = stamps.differing();
    // The folder's times are perhaps the same.
    differing.clear(2);
    differing.clear(8);
    assertEquals(set(0, 6, 7), differing);
  }

  @Test
  void comeAndGone() throws IOException {
    FileStamps stamps = take();
    Path none = Files.createDirectory(folder.resolve("none"));
    Files.createFile(folder.resolve("nowhere"));
    assertEquals(set(4, 9, 10), stamps.differing());
    Files.delete(none);
    Files.delete(folder.resolve("nowhere"));
    assertEquals(set(), stamps.differing());
    Files.delete(folder.resolve("0-file"));
    // Below what is no folder there was nothing for another reason.
    assertEquals(set(0, 5, 6, 7, 11), stamps.differing());
  }

  @Test
  void otherLinkAndMode() throws IOException {
    FileStamps stamps = take();
    Files.delete(folder.resolve("1-link"));
    Files.createSymbolicLink(folder.resolve("1-link"), Path.of("2-folder"));
    Files.setPosixFilePermissions(
        folder.resolve("0-file"), PosixFilePermissions.fromString("r-x------"));
    assertEquals(set(0, 1, 6, 7), stamps.differing());
  }

  @Test
  void ignoredPlaces() throws IOException {
    FileStamps stamps = take();
    stamps.ignore(0);
    stamps.ignore(7);
    Files.delete(folder.resolve("0-file"));
    assertEquals(set(5, 6, 11), stamps.differing());
  }

  @Test
  void whichTell() throws IOException {
    FileStamps stamps = take();
    long changed = Posix.stamp(octets(folder.resolve("0-file")), false).changedSeconds();
    assertTrue(stamps.tells(0, changed + 1));
    assertFalse(stamps.tells(0, changed));
    for (int i = 0; i < places.size(); i++) {
      assertTrue(stamps.tells(i, FUTURE), "place " + i);
    }
    // Nothing is there, whenever that is asked.
    assertTrue(stamps.tells(4, 0));
    assertTrue(stamps.tells(5, 0));
    // Nobody can tell what a name of more than 255 bytes stands for.
    FileStamps none =
        FileStamps.take(
                List.of(new FileStamps.Place(octets(folder.resolve("x".repeat(256))), false)))
            .orElseThrow();
    assertFalse(none.tells(0, FUTURE));
  }
}
