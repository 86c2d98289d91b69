package org.buildchain.store.nar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.Test;

/** {@code tree.nar} is what {@code nix-store --dump} (Nix 2.8.0) wrote of a small folder. */
class NarTreeTest {
  private static byte[] nix() throws IOException {
    try (InputStream in = NarTreeTest.class.getResourceAsStream("tree.nar")) {
      return in.readAllBytes();
    }
  }

  private static byte[] copy(InputStream in) throws IOException {
    NarTree tree = new NarTree("test", in);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(Nar.write(tree.root(), out::write), tree.length());
    return out.toByteArray();
  }

  @Test
  void isTheTreeThatNixWrote() throws IOException {
    byte[] nar = nix();
    InputStream in = new ByteArrayInputStream(Arrays.copyOf(nar, nar.length + 3));
    assertArrayEquals(nar, copy(in));
    // Not a byte more was read.
    assertEquals(3, in.available());
  }

  @Test
  void whatEndsTooEarlyIsRefused() throws IOException {
    byte[] nar = nix();
    for (int n = 0; n < nar.length; n++) {
      InputStream part = new ByteArrayInputStream(nar, 0, n);
      assertThrows(FormatException.class, () -> copy(part));
    }
  }

  @Test
  void whatIsChangedIsRefusedOrAnotherArchive() throws IOException {
    byte[] nar = nix();
    for (int n = 0; n < nar.length; n++) {
      byte[] changed = nar.clone();
      changed[n] ^= 1;
      try {
        byte[] copied = copy(new ByteArrayInputStream(changed));
        assertArrayEquals(Arrays.copyOf(changed, copied.length), copied);
      } catch (FormatException e) {
        // Refused.
      }
    }
  }

  @Test
  void tellsItsBytesWhateverLengthWasStated() throws IOException {
    byte[] nar = nix();
    byte[] more = Arrays.copyOf(nar, nar.length + 100);
    for (int stated : new int[] {0, 1, 50, nar.length - 1, nar.length, nar.length + 60}) {
      for (int most : new int[] {1, 7, 1000}) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        InputStream in = inPieces(more, most);
        NarTree tree = new NarTree("test", in, stated, told::write);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        assertEquals(Nar.write(tree.root(), written::write), tree.length());
        assertArrayEquals(nar, written.toByteArray());
        assertArrayEquals(nar, told.toByteArray());
        int taken = more.length - in.available();
        assertTrue(taken <= Math.max(nar.length, stated), () -> taken + " bytes were read");
      }
    }
  }

  private static InputStream inPieces(byte[] data, int most) {
    return new ByteArrayInputStream(data) {
      @Override
      public synchronized int read(byte[] into, int at, int length) {
        return super.read(into, at, Math.min(most, length));
      }
    };
  }

  @Test
  void isWalkedOnceAndInItsOrder() throws IOException {
    FileTree.Directory root =
        (FileTree.Directory) new NarTree("test", new ByteArrayInputStream(nix())).root();
    Iterator<FileTree.Entry> entries = root.entries().iterator();
    FileTree.Regular first = (FileTree.Regular) entries.next().node();
    assertThrows(IllegalStateException.class, entries::next);
    try (InputStream in = first.open()) {
      assertEquals("hello\n", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
    assertThrows(IllegalStateException.class, first::open);
    assertEquals("b", entries.next().name());
    assertThrows(IllegalStateException.class, root::entries);
  }

  /** Two files of 6 and 7 bytes: the limit counts both. */
  @Test
  void whatDeclaresMoreThanThereIsRoomForIsRefusedAtItsHead() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter writer = new NarWriter(out::write);
    writer.begin();
    writer.beginDirectory();
    for (int size = 6; size <= 7; size++) {
      writer.beginEntry("file" + size);
      writer.beginFile(false, size);
      writer.content(new byte[size], 0, size);
      writer.endFile(size);
      writer.endEntry();
    }
    writer.endDirectory();
    byte[] nar = out.toByteArray();
    assertEquals(13, total(new NarTree("test", new ByteArrayInputStream(nar), 13)));
    FormatException e =
        assertThrows(
            FormatException.class,
            () -> total(new NarTree("test", new ByteArrayInputStream(nar), 12)));
    assertEquals("test: it says that a file has 7 bytes, and there is room for 6", e.getMessage());
  }

  private static long total(NarTree nar) throws IOException {
    long total = 0;
    for (FileTree.Entry entry : ((FileTree.Directory) nar.root()).entries()) {
      try (InputStream in = ((FileTree.Regular) entry.node()).open()) {
        total += in.readAllBytes().length;
      }
    }
    return total;
  }
}
