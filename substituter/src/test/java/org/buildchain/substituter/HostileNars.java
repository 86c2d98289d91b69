package org.buildchain.substituter;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.buildchain.store.nar.NarWriter;

/** NARs that nobody may take. */
public final class HostileNars {
  private HostileNars() {}

  /** Folders whose names are out of order, twice the same, or none. */
  public static Stream<byte[]> folders() {
    return Stream.of(
            List.of("b", "a"),
            List.of("a", "a"),
            List.of(".."),
            List.of("."),
            List.of("../x"),
            List.of("a/b"),
            List.of("/etc"),
            List.of("a\0b"),
            List.of("A", "a~nix~case~hack~1"),
            List.of(""))
        .map(HostileNars::folder);
  }

  /** A folder with empty files of these names, in this order. */
  public static byte[] folder(List<String> names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginDirectory();
    for (String name : names) {
      writer.beginEntry(name);
      writer.beginFile(false, 0);
      writer.endFile(0);
      writer.endEntry();
    }
    writer.endDirectory();
    return out.toByteArray();
  }

  /** The head of a file of so many bytes, of which none comes. */
  public static byte[] head(long size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginFile(false, size);
    return out.toByteArray();
  }
}
