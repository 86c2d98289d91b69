package org.buildchain.tests.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.nar.NarReader;
import org.buildchain.store.nar.NarTree;
import org.buildchain.store.nar.NarWriter;

/** The readers of NARs: what they accept is the same, and written again the same bytes. */
public final class NarTarget {
  private NarTarget() {}

  public static void fuzzerTestOneInput(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long length;
    boolean walked = walk(data);
    try {
      length = NarReader.read("fuzz", new ByteArrayInputStream(data), new Copy(out));
    } catch (FormatException e) {
      if (walked) {
        throw new AssertionError("a NAR for one reader only", e);
      }
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!walked) {
      throw new AssertionError("a NAR for one reader only");
    }
    if (!Arrays.equals(out.toByteArray(), Arrays.copyOf(data, (int) length))) {
      throw new AssertionError("a NAR that is written in another way");
    }
  }

  /** Whether the other reader accepts it as well. */
  private static boolean walk(byte[] data) {
    try {
      NarTree tree = new NarTree("fuzz", new ByteArrayInputStream(data));
      Nar.write(tree.root(), (bytes, offset, length) -> {});
      return true;
    } catch (FormatException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Copy implements NarReader.Handler {
    private final NarWriter writer;
    private long size;

    Copy(ByteArrayOutputStream out) {
      writer = new NarWriter(out::write);
      writer.begin();
    }

    @Override
    public void beginFile(boolean executable, long length) {
      size = length;
      writer.beginFile(executable, length);
    }

    @Override
    public void content(byte[] data, int offset, int length) {
      writer.content(data, offset, length);
    }

    @Override
    public void endFile() {
      writer.endFile(size);
    }

    @Override
    public void symlink(String target) {
      writer.symlink(target);
    }

    @Override
    public void beginDirectory() {
      writer.beginDirectory();
    }

    @Override
    public void beginEntry(String name) {
      writer.beginEntry(name);
    }

    @Override
    public void endEntry() {
      writer.endEntry();
    }

    @Override
    public void endDirectory() {
      writer.endDirectory();
    }
  }
}
