package org.buildchain.diff.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.buildchain.diff.report.Difference;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Report;
import org.buildchain.diff.report.ReportJson;
import org.buildchain.diff.report.ReportText;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.Test;

/** Outputs of somebody who wants the comparison to fail, to take for ever, or to lie. */
class HostileInputTest {
  private static Report compare(byte[] left, byte[] right) throws IOException {
    return TreeDiff.compare(new MemoryFile(left, false), new MemoryFile(right, false));
  }

  private static byte[] gzip(byte[] content, long zeros) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packed = new GZIPOutputStream(out)) {
      packed.write(content);
      byte[] more = new byte[1 << 20];
      for (long left = zeros; left > 0; left -= more.length) {
        packed.write(more);
      }
    }
    return out.toByteArray();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** 1 GiB of zeros in a megabyte. */
  @Test
  void bombsAreNotUnpacked() throws IOException {
    Report report = compare(gzip(text("a"), 1 << 30), gzip(text("b"), 1 << 30));
    assertEquals("code", report.verdict());
    assertTrue(report.differences().getFirst().detail().contains("more bytes than are compared"));
  }

  @Test
  void archivesInArchivesEnd() throws IOException {
    byte[] left = text("2026-11-21");
    byte[] right = text("2026-11-22");
    for (int i = 0; i < 100; i++) {
      left = gzip(left, 0);
      right = gzip(right, 0);
    }
    assertEquals("code", compare(left, right).verdict());
  }

  /** Headers of each format with rubbish behind, and real ones cut anywhere: no other exception. */
  @Test
  void rubbishIsUnknown() throws IOException {
    Random random = new Random(1);
    byte[] tar = new byte[1024];
    System.arraycopy(text("ustar\00000"), 0, tar, 257, 7);
    for (byte[] start :
        List.of(
            text("\177ELF\2\1\1"),
            text("\177ELF\1\2\1"),
            text("!<arch>\n"),
            text("\037\213\010"),
            text("PK\3\4"),
            text("\243\r\r\n\0\0\0\0"),
            tar)) {
      for (int i = 0; i < 2000; i++) {
        byte[] left = new byte[start.length + random.nextInt(2000)];
        random.nextBytes(left);
        if (random.nextBoolean()) {
          Arrays.fill(left, (byte) 0);
        }
        System.arraycopy(start, 0, left, 0, start.length);
        byte[] right = left.clone();
        int place = random.nextInt(right.length);
        right[place] ^= (byte) (1 + random.nextInt(255));
        assertFalse(compare(left, right).same());
        compare(Arrays.copyOf(left, random.nextInt(left.length)), right);
      }
    }
  }

  @Test
  void manyDifferencesAreCounted() throws IOException {
    List<FileTree.Entry> left = new ArrayList<>();
    for (int i = 100_000; i < 111_000; i++) {
      left.add(new FileTree.Entry("f" + i, new MemoryFile(new byte[0], false)));
    }
    FileTree.Directory folder = () -> left;
    FileTree.Directory empty = List::of;
    Report report = TreeDiff.compare(folder, empty);
    assertEquals(Report.MAX_DIFFERENCES, report.differences().size());
    assertEquals(1_000, report.omitted());
    assertEquals(11_000, report.classes().get(DifferenceClass.MISSING));
  }

  /** The last word decides, though the list is full. */
  @Test
  void whatIsLeftOutStillCounts() throws IOException {
    List<FileTree.Entry> left = new ArrayList<>();
    List<FileTree.Entry> right = new ArrayList<>();
    for (int i = 100_000; i < 111_000; i++) {
      boolean last = i == 110_999;
      left.add(new FileTree.Entry("f" + i, new MemoryFile(text(last ? "a" : "12:00"), false)));
      right.add(new FileTree.Entry("f" + i, new MemoryFile(text(last ? "b" : "12:01"), false)));
    }
    FileTree.Directory l = () -> left;
    FileTree.Directory r = () -> right;
    assertEquals("code", TreeDiff.compare(l, r).verdict());
  }

  /** Too long to be looked into, and equal but for the end. */
  @Test
  void longFilesAreNotKept() throws IOException {
    record Long(byte last) implements FileTree.Regular {
      @Override
      public boolean executable() {
        return false;
      }

      @Override
      public long size() {
        return 1L << 30;
      }

      @Override
      public InputStream open() {
        return new InputStream() {
          private long at;

          @Override
          public int read() {
            return ++at > size() ? -1 : at == size() ? last : 0;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            int n = (int) Math.min(length, size() - at);
            Arrays.fill(into, from, from + n, (byte) 0);
            at += n;
            if (n > 0 && at == size()) {
              into[from + n - 1] = last;
            }
            return n == 0 ? -1 : n;
          }
        };
      }
    }

    Report report = TreeDiff.compare(new Long((byte) 1), new Long((byte) 2));
    assertEquals("code", report.verdict());
    assertTrue(TreeDiff.compare(new Long((byte) 1), new Long((byte) 1)).same());
  }

  /** 200,000 lines, a megabyte of one line, and backtracking that a careless pattern would do. */
  @Test
  void textsTakeTimeInTheirLength() throws IOException {
    assertFalse(compare(text("a\n".repeat(300_000)), text("b\n".repeat(300_000))).same());
    assertFalse(compare(text("/a".repeat(500_000)), text("/b".repeat(500_000))).same());
    assertFalse(compare(text("1 Jan ".repeat(10_000) + "x"), text("1 Jan ".repeat(9_999))).same());
  }

  /** What a file is called can't write to the terminal. */
  @Test
  void namesControlNothing() throws IOException {
    FileTree.Directory left =
        () -> List.of(new FileTree.Entry("a\033[2J\u009b1m", new MemoryFile(new byte[0], false)));
    FileTree.Directory right = List::of;
    Report report = TreeDiff.compare(left, right);
    String shown = ReportText.of(report, false);
    assertFalse(shown.contains("\033") || shown.contains("\u009b"), shown);
    Difference d = report.differences().getFirst();
    assertEquals("a\033[2J\u009b1m", d.path());
    assertTrue(ReportText.of(report, true).contains("\033[31;1m"));
    assertEquals(
        "code", ReportJson.of(report, "l", "r").get("differences").get(0).get("effect").asString());
  }

  @Test
  void interruptionEndsIt() {
    Thread.currentThread().interrupt();
    try {
      assertThrows(InterruptedIOException.class, () -> compare(text("a"), text("b")));
    } finally {
      Thread.interrupted();
    }
  }
}
