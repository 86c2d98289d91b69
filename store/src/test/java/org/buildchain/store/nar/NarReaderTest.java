package org.buildchain.store.nar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;

/** {@code tree.nar} is what {@code nix-store --dump} (Nix 2.8.0) wrote of a small folder. */
class NarReaderTest {
  /** Writes down what it is told, and the same archive again. */
  private static final class Recorder implements NarReader.Handler {
    private final List<String> told = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final NarWriter writer = new NarWriter(out::write);
    private long size;

    Recorder() {
      writer.begin();
    }

    @Override
    public void beginFile(boolean executable, long length) {
      told.add((executable ? "program " : "file ") + length);
      size = length;
      writer.beginFile(executable, length);
    }

    @Override
    public void content(byte[] data, int offset, int length) {
      told.add(Octets.of(Arrays.copyOfRange(data, offset, offset + length)));
      writer.content(data, offset, length);
    }

    @Override
    public void endFile() {
      writer.endFile(size);
    }

    @Override
    public void symlink(String target) {
      told.add("link " + target);
      writer.symlink(target);
    }

    @Override
    public void beginDirectory() {
      told.add("{");
      writer.beginDirectory();
    }

    @Override
    public void beginEntry(String name) {
      told.add(name);
      writer.beginEntry(name);
    }

    @Override
    public void endEntry() {
      writer.endEntry();
    }

    @Override
    public void endDirectory() {
      told.add("}");
      writer.endDirectory();
    }
  }

  private static byte[] tree() throws IOException {
    try (InputStream in = NarReaderTest.class.getResourceAsStream("tree.nar")) {
      return in.readAllBytes();
    }
  }

  private static Recorder read(byte[] bytes) throws IOException {
    Recorder r = new Recorder();
    NarReader.read("test", new ByteArrayInputStream(bytes), r);
    return r;
  }

  @Test
  void tellsWhatNixWrote() throws IOException {
    byte[] nar = tree();
    Recorder r = new Recorder();
    InputStream in = new ByteArrayInputStream(Arrays.copyOf(nar, nar.length + 3));
    assertEquals(nar.length, NarReader.read("test", in, r));
    // Not a byte more was read.
    assertEquals(3, in.available());
    assertEquals(
        List.of(
            "{",
            "a",
            "file 6",
            "hello\n",
            "b",
            "program 10",
            "#!/bin/sh\n",
            "link",
            "link a",
            "sub",
            "{",
            "empty",
            "file 0",
            "}",
            "}"),
        r.told);
    assertArrayEquals(nar, r.out.toByteArray());
  }

  @Test
  void whatEndsTooEarlyIsRefused() throws IOException {
    byte[] nar = tree();
    for (int n = 0; n < nar.length; n++) {
      byte[] part = Arrays.copyOf(nar, n);
      FormatException e = assertThrows(FormatException.class, () -> read(part));
      assertTrue(e.getMessage().startsWith("test, offset "), e.getMessage());
    }
  }

  /** Whatever byte is changed: it is refused, or another archive that has one form only. */
  @Test
  void nothingReadsTwoWays() throws IOException {
    byte[] nar = tree();
    int accepted = 0;
    for (int i = 0; i < nar.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = nar.clone();
        changed[i] ^= (byte) (1 << bit);
        try {
          // A file that is said to be longer may swallow what follows; then bytes are left over.
          byte[] written = read(changed).out.toByteArray();
          assertArrayEquals(Arrays.copyOf(changed, written.length), written);
          accepted++;
        } catch (FormatException e) {
          // Refused.
        }
      }
    }
    // Contents, names and the link's target may differ: 16 and 13 bytes; and a file's size where it
    // ends at a file's end again.
    assertTrue(accepted > 16 * 8 && accepted <= 29 * 8 + 3, Integer.toString(accepted));
  }

  @Test
  void foldersNestedTooDeepAreRefused() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter w = new NarWriter(out::write);
    w.begin();
    for (int i = 0; i <= NarReader.MAX_DEPTH; i++) {
      w.beginDirectory();
      w.beginEntry("d");
    }
    FormatException e = assertThrows(FormatException.class, () -> read(out.toByteArray()));
    assertTrue(e.getMessage().contains("nested"), e.getMessage());
  }

  @Test
  void namesAreCheckedAndInOrder() {
    for (String[] names :
        new String[][] {
          {"."}, {".."}, {"a/b"}, {"a\0b"}, {""}, {"x".repeat(256)}, {"b", "a"}, {"a", "a"}
        }) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      NarWriter w = new NarWriter(out::write);
      w.begin();
      w.beginDirectory();
      for (String name : names) {
        w.beginEntry(name);
        w.symlink("t");
        w.endEntry();
      }
      w.endDirectory();
      assertThrows(FormatException.class, () -> read(out.toByteArray()), Arrays.toString(names));
    }
  }
}
