package org.buildchain.diff.compare;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.diff.report.Report;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A change of code is never called harmless: bytes of real files are changed, and which of them may
 * be harmless is told by binutils' readelf, not by the reader under test.
 */
class FlippedBytesTest {
  private static final String SOURCE =
      """
      #include <stdio.h>
      #include <string.h>
      static int table[] = {3, 1, 4, 1, 5, 9, 2, 6};
      static const char *names[] = {"one", "two", __DATE__ " " __TIME__, "/tmp/build/x"};
      __thread int counter = 7;
      int sum(int n) { int s = 0; for (int i = 0; i < n; i++) s += table[i % 8]; return s; }
      int main(int argc, char **argv) {
        printf("%s %d %s\\n", names[argc % 4], sum(argc) + counter, argv[0]);
        return strlen(argv[0]) > 100;
      }
      """;

  /** Sections that may be harmless as a whole; of the build id, all but its header. */
  private static final Pattern HARMLESS =
      Pattern.compile("\\.comment|(\\.rela)?\\.debug_[a-z_]+|\\.note\\.gnu\\.build-id");

  private static final Pattern SECTION =
      Pattern.compile(
          "\\[ *(?<index>\\d+)\\] (?<name>\\S+) +(?<type>\\S+) +[0-9a-f]+ (?<from>[0-9a-f]+)"
              + " (?<size>[0-9a-f]+)");

  @TempDir static Path folder;

  @BeforeAll
  static void build() throws IOException {
    Gcc.build(folder, SOURCE, "");
    Gcc.shell(folder, "strip -o stripped main; ar cr libmain.a main.o; strip -g -o small.o main.o");
  }

  private record Range(int from, int to) {}

  /**
   * What readelf says may differ: the sections, and in their headers where they stand and how long
   * they are (another length that leaves out zeros alone is harmless too).
   */
  private static List<Range> mayDiffer(String file) throws IOException {
    List<Range> ranges = new ArrayList<>();
    Matcher start =
        Pattern.compile("Start of section headers: +(\\d+)")
            .matcher(Gcc.run(folder, "readelf", "-h", file));
    assertTrue(start.find());
    int headers = Integer.parseInt(start.group(1));
    Matcher m = SECTION.matcher(Gcc.run(folder, "readelf", "-SW", file));
    while (m.find()) {
      if (HARMLESS.matcher(m.group("name")).matches() && !m.group("type").equals("NOBITS")) {
        int header = headers + 64 * Integer.parseInt(m.group("index"));
        if (!m.group("name").equals(".note.gnu.build-id")) {
          ranges.add(new Range(header + 24, header + 40));
        }
        int from = Integer.parseInt(m.group("from"), 16);
        int to = from + Integer.parseInt(m.group("size"), 16);
        ranges.add(new Range(m.group("name").equals(".note.gnu.build-id") ? from + 16 : from, to));
      }
    }
    return ranges;
  }

  /** Changes bytes at random, and each of the first kilobytes, of the headers and of the tables. */
  private static void check(String file, List<Range> harmless, long seed) throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(file));
    Random random = new Random(seed);
    Set<Integer> places = new HashSet<>();
    for (int i = 0; i < Math.min(whole.length, 1200); i++) {
      places.add(i);
      places.add(whole.length - 1 - i);
    }
    for (int i = 0; i < 3000; i++) {
      places.add(random.nextInt(whole.length));
    }
    int called = 0;
    for (int place : places) {
      byte[] changed = whole.clone();
      changed[place] ^= (byte) (1 << random.nextInt(8));
      Report report = compare(whole, changed);
      assertFalse(report.same(), file + " " + place);
      boolean may = harmless.stream().anyMatch(r -> place >= r.from() && place < r.to());
      assertTrue(may || !report.harmless(), file + " " + place + " " + report.differences());
      // The order of the sides does not matter.
      assertTrue(compare(changed, whole).harmless() == report.harmless(), file + " " + place);
      called += report.harmless() ? 1 : 0;
    }
    assertTrue(harmless.isEmpty() || called > 0, "nothing was called harmless in " + file);
  }

  private static Report compare(byte[] left, byte[] right) throws IOException {
    return TreeDiff.compare(new MemoryFile(left, true), new MemoryFile(right, true));
  }

  @Test
  void ofPrograms() throws IOException {
    check("main", mayDiffer("main"), 1);
    check("stripped", mayDiffer("stripped"), 2);
  }

  @Test
  void ofLibraries() throws IOException {
    check("libmain.so", mayDiffer("libmain.so"), 3);
  }

  @Test
  void ofObjects() throws IOException {
    check("main.o", mayDiffer("main.o"), 4);
    check("small.o", mayDiffer("small.o"), 5);
  }

  /** All bytes of a section at once, and two sections exchanged. */
  @Test
  void ofWholeSections() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("main"));
    Matcher m = SECTION.matcher(Gcc.run(folder, "readelf", "-SW", "main"));
    int seen = 0;
    while (m.find()) {
      int from = Integer.parseInt(m.group("from"), 16);
      int size = Integer.parseInt(m.group("size"), 16);
      if (m.group("type").equals("NOBITS") || HARMLESS.matcher(m.group("name")).matches()) {
        continue;
      }
      byte[] changed = whole.clone();
      for (int i = from; i < from + size; i++) {
        changed[i] ^= 0x55;
      }
      assertFalse(compare(whole, changed).harmless(), m.group("name"));
      seen++;
    }
    assertTrue(seen > 20);
  }

  /** A table that calls the code "debug info" does not make it so. */
  @Test
  void ofCodeUnderAnotherName() throws IOException {
    Gcc.shell(
        folder,
        "objcopy --rename-section .text=.debug_text main renamed;"
            + "objcopy --rename-section .rodata=.comment main renamed2;"
            + "objcopy --rename-section .text=.debug_text,contents,readonly main.o renamed.o");
    for (String file : List.of("renamed", "renamed2", "renamed.o")) {
      byte[] whole = Files.readAllBytes(folder.resolve(file));
      assertFalse(
          compare(Files.readAllBytes(folder.resolve(file.endsWith("o") ? "main.o" : "main")), whole)
              .harmless());
    }
    for (String file : List.of("renamed", "renamed2")) {
      byte[] whole = Files.readAllBytes(folder.resolve(file));
      String name = file.equals("renamed") ? ".debug_text" : ".comment";
      Matcher m = SECTION.matcher(Gcc.run(folder, "readelf", "-SW", file));
      while (m.find()) {
        if (m.group("name").equals(name)) {
          byte[] changed = whole.clone();
          changed[Integer.parseInt(m.group("from"), 16) + 4] ^= 1;
          // The second .comment of renamed2 is the true one.
          assertFalse(compare(whole, changed).harmless(), file);
          break;
        }
      }
    }
  }

  /**
   * Makes a zip archive of files whose lengths stand in 64 bits; to a pipe, behind their content.
   */
  private static final String ZIP64 =
      "import sys, os, zipfile\nz = zipfile.ZipFile(sys.stdout.buffer, \"w\", 8)\n"
          + "for f in sys.argv[1:]:\n i = zipfile.ZipInfo.from_file(f)\n i.compress_type = 8\n"
          + " with z.open(i, \"w\", force_zip64=True) as w: w.write(open(f, \"rb\").read())\n"
          + "z.close()";

  /** In an archive, behind gzip, in a zip: only times of archives are harmless besides. */
  @Test
  void ofMembersOfArchives() throws IOException {
    byte[] object = Files.readAllBytes(folder.resolve("small.o"));
    byte[] changed = object.clone();
    Matcher m = SECTION.matcher(Gcc.run(folder, "readelf", "-SW", "small.o"));
    assertTrue(m.find() && m.group("name").equals(".text"));
    changed[Integer.parseInt(m.group("from"), 16) + 3] ^= 4;
    for (int i = 0; i < 2; i++) {
      Path side = Files.createDirectories(folder.resolve("side" + i));
      Files.write(side.resolve("small.o"), i == 0 ? object : changed);
      Gcc.shell(
          side,
          "touch -d @$((1700000000 + "
              + i
              + "00)) small.o; ar crU x.a small.o; tar cf x.tar small.o; gzip -k x.tar;"
              + " xz -k x.tar; zstd -q x.tar; bzip2 -k x.tar; xz -kf small.o;"
              + " jar cf x.jar small.o x.a; python3 -c '"
              + ZIP64
              + "' small.o > x.zip");
    }
    for (String file :
        List.of(
            "x.a",
            "x.tar",
            "x.tar.gz",
            "x.tar.xz",
            "x.tar.zst",
            "x.tar.bz2",
            "small.o.xz",
            "x.jar",
            "x.zip")) {
      Report report =
          TreeDiff.compare(
              DiskTree.of(folder.resolve("side0/" + file).toString()),
              DiskTree.of(folder.resolve("side1/" + file).toString()));
      assertFalse(report.harmless(), file);
      assertTrue(
          report.differences().stream()
              .anyMatch(d -> d.cause().label().equals("code") && d.place().contains(".text")),
          file + report);
    }
  }

  /** Of scripts and of the bytes of archives none is harmless but the times. */
  @Test
  void ofScripts() throws IOException {
    byte[] script =
        "#!/bin/sh\n# 2026-11-21 by root@host, /tmp/build/a\nexec rm -rf /tmp/build-17000 12:00\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    for (int place = 0; place < script.length; place++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = script.clone();
        changed[place] ^= (byte) (1 << bit);
        assertTrue(compare(script, changed).effect().label().equals("code"), place + " " + bit);
      }
    }
  }

  /** What is called harmless in an archive is unpacked to the same by the tool that made it. */
  @Test
  void ofArchives() throws IOException {
    Path side = Files.createDirectories(folder.resolve("archives"));
    Files.writeString(side.resolve("f.o"), "no object, which may differ within");
    Files.writeString(side.resolve("a-file-with-a-name-of-more-than-sixteen.txt"), "text\n");
    Gcc.shell(
        side,
        "tar cf x.tar f.o *.txt; tar cf y.tar --format=pax f.o *.txt; ar cr x.a f.o *.txt; gzip -k"
            + " *.txt; mv *.gz x.gz; cat f.o *.txt > f; xz -k f; zstd -q f; bzip2 -k f; jar cfM"
            + " x.jar f.o *.txt; python3 -c '"
            + ZIP64
            + "' *.o *.txt > x.zip; python3 -c '"
            + ZIP64
            + "' *.o *.txt | cat > y.zip");
    String unzip =
        "python3 -c 'import sys,zipfile; z = zipfile.ZipFile(sys.argv[1]);"
            + " [print(n, z.read(n)) for n in z.namelist()]'";
    for (String[] tool :
        new String[][] {
          {"x.tar", "tar xOf"},
          {"y.tar", "tar xOf"},
          {"x.a", "ar p"},
          {"x.gz", "gzip -dc"},
          {"f.xz", "xz -dc -F xz <"},
          {"f.zst", "zstd -qdc <"},
          {"f.bz2", "bzip2 -dc <"},
          {"x.jar", unzip},
          {"x.zip", unzip},
          {"y.zip", unzip}
        }) {
      byte[] whole = Files.readAllBytes(side.resolve(tool[0]));
      String content = Gcc.run(side, "sh", "-c", tool[1] + " " + tool[0]);
      Random random = new Random(6);
      int called = 0;
      for (int place = 0; place < whole.length; place++) {
        byte[] changed = whole.clone();
        changed[place] ^= (byte) (1 << random.nextInt(8));
        if (TreeDiff.compare(new MemoryFile(whole, false), new MemoryFile(changed, false))
            .harmless()) {
          called++;
          Files.write(side.resolve("changed"), changed);
          String other = Gcc.run(side, "sh", "-c", tool[1] + " changed");
          assertTrue(content.equals(other), tool[0] + " " + place);
        }
      }
      assertTrue(called < 200, tool[0] + " " + called);
    }
  }

  /** Nothing hides behind packed data, before it or beside it. */
  @Test
  void ofWhatIsAddedToPackedFiles() throws IOException {
    Path side = Files.createDirectories(folder.resolve("packed"));
    Files.writeString(side.resolve("f"), "content\n".repeat(100));
    Gcc.shell(side, "gzip -nk f; xz -k f; zstd -q f; bzip2 -k f; tar cf f.tar f; jar cfM f.jar f");
    // Of each format an empty stream, bytes that are none, and what its readers pass over.
    Gcc.shell(
        side,
        ": > empty; gzip -nc empty > e.gz; xz -c empty > e.xz; zstd -qc empty > e.zst;"
            + " bzip2 -c empty > e.bz2; printf 'echo evil' > text; printf '\\0\\0\\0\\0' > zeros;"
            + " printf '\\120\\052\\115\\030\\011\\0\\0\\0echo evil' > skipped");
    int tried = 0;
    for (String file : List.of("f.gz", "f.xz", "f.zst", "f.bz2", "f.tar", "f.jar")) {
      byte[] whole = Files.readAllBytes(side.resolve(file));
      for (String added : List.of("e.gz", "e.xz", "e.zst", "e.bz2", "text", "zeros", "skipped")) {
        byte[] more = Files.readAllBytes(side.resolve(added));
        byte[] behind = Arrays.copyOf(whole, whole.length + more.length);
        System.arraycopy(more, 0, behind, whole.length, more.length);
        byte[] before = Arrays.copyOf(more, whole.length + more.length);
        System.arraycopy(whole, 0, before, more.length, whole.length);
        assertFalse(compare(whole, behind).harmless(), file + " " + added);
        assertFalse(compare(whole, before).harmless(), added + " " + file);
        tried++;
      }
    }
    assertTrue(tried == 42);
  }

  /** A note that is loaded is data that a program may read, or run. */
  @Test
  void ofNotesThatAreLoaded() throws IOException {
    Gcc.shell(
        folder,
        "for f in alloc,readonly alloc,code,readonly; do"
            + " objcopy --set-section-flags .comment=$f main.o $f.o;"
            + " objcopy --set-section-flags .debug_str=$f main.o debug-$f.o; done;"
            + " objcopy --set-section-flags .note.gnu.build-id=alloc,code main code-id");
    for (String file :
        List.of(
            ".comment alloc,readonly.o",
            ".comment alloc,code,readonly.o",
            ".debug_str debug-alloc,readonly.o",
            ".debug_str debug-alloc,code,readonly.o",
            ".note.gnu.build-id code-id")) {
      String name = file.substring(0, file.indexOf(' '));
      String of = file.substring(file.indexOf(' ') + 1);
      byte[] whole = Files.readAllBytes(folder.resolve(of));
      Matcher m = SECTION.matcher(Gcc.run(folder, "readelf", "-SW", of));
      boolean found = false;
      while (m.find()) {
        if (m.group("name").equals(name)) {
          found = true;
          byte[] changed = whole.clone();
          changed[Integer.parseInt(m.group("from"), 16) + 17] ^= 1;
          assertFalse(compare(whole, changed).harmless(), file);
        }
      }
      assertTrue(found, file);
    }
  }
}
