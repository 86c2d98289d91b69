package org.buildchain.diff.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Report;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of what runs, planted where something harmless would stand. */
class HiddenCodeTest {
  @TempDir Path folder;

  private static Report compare(Path left, Path right) throws IOException {
    return TreeDiff.compare(DiskTree.of(left.toString()), DiskTree.of(right.toString()));
  }

  private static Report compare(byte[] left, byte[] right) throws IOException {
    return TreeDiff.compare(new MemoryFile(left, false), new MemoryFile(right, false));
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Makes {@code out} in two folders, by a script in which VALUE stands for what differs. */
  private Report planted(String script, String a, String b) throws IOException {
    for (String[] side : new String[][] {{"a", a}, {"b", b}}) {
      Path at = Files.createDirectories(folder.resolve(side[0]));
      Files.createDirectories(at.resolve("out"));
      Gcc.shell(at, script.replace("VALUE", side[1]));
    }
    return compare(folder.resolve("a/out"), folder.resolve("b/out"));
  }

  /**
   * The kernel loads whole pages: what follows the instructions in the file runs as well, whatever
   * the section is called. The two programs end with different statuses.
   */
  @ParameterizedTest
  @ValueSource(strings = {".comment", ".debug_info", ".debug_str"})
  void inPagesThatAreExecuted(String section) throws IOException {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "instructions of x86-64");
    String link = "ld --build-id=none -z LAYOUT --defsym=hidden=AT h.o -o out/h";
    for (String layout : new String[] {"noseparate-code", "separate-code"}) {
      String script =
          "printf '.globl _start\\n.text\\n_start: jmp hidden\\n.section SECTION,\"\",@progbits\\n"
              + "mov $60,%%eax\\nmov $VALUE,%%edi\\nsyscall\\n' > h.s; as h.s -o h.o;"
              + link.replace("AT", "0")
              + "; readelf -SlW out/h > layout; text=$(sed -n 's/.* .text *PROGBITS"
              + " *\\([0-9a-f]*\\) \\([0-9a-f]*\\) .*/0x\\1-0x\\2/p' layout); at=$(sed -n 's/.*"
              + " SECTION *PROGBITS *[0-9a-f]* \\([0-9a-f]*\\) .*/0x\\1/p' layout);"
              + link.replace("AT", "$(($text + $at))")
              + "; status=0; out/h || status=$?; test $status = VALUE";
      Report report =
          planted(script.replace("SECTION", section).replace("LAYOUT", layout), "7", "8");
      assertEquals("code", report.verdict(), layout + " " + report.differences());
    }
  }

  /** Before linkers kept code apart, the build id was loaded with it. */
  @Test
  void inABuildIdThatIsExecuted() throws IOException {
    String script =
        "echo 'int main(void) { return 0; }' > m.c;"
            + " gcc -Wl,-z,SEPARATE -Wl,--build-id=0xVALUE m.c -o out/m";
    String a = "31ff6a3c580f05";
    String b = "31ff6a3c580f06";
    assertEquals("harmless", planted(script.replace("SEPARATE", "separate-code"), a, b).verdict());
    assertEquals("code", planted(script.replace("SEPARATE", "noseparate-code"), a, b).verdict());
    assertEquals(
        "code", planted(script.replace("SEPARATE", "separate-code,-z,execstack"), a, b).verdict());
  }

  /**
   * The number that says where the sections' headers stand is loaded with the file's head, and so
   * are those headers in a short file: each bit of them counts then.
   */
  @Test
  void inHeadersThatAreExecuted() throws IOException {
    Gcc.shell(
        folder,
        "printf '.globl _start\\n.text\\n_start: nop\\n.section .comment,\"\",@progbits\\n.asciz"
            + " \"note\"\\n' > h.s; as h.s -o h.o; ld -z noseparate-code --build-id=none h.o -o h");
    byte[] whole = Files.readAllBytes(folder.resolve("h"));
    assertTrue(whole.length < 4096);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      assertEquals("code", compare(whole, changed).verdict(), "byte " + at);
    }
    // Moved by zeros, which belong to nothing.
    Gcc.shell(
        folder, "printf 'int main(void) { return 0; }' > m.c; gcc -Wl,-z,noseparate-code m.c -o m");
    byte[] program = Files.readAllBytes(folder.resolve("m"));
    int headers = Math.toIntExact(number(program, 40));
    byte[] moved = Arrays.copyOf(program, program.length + 4096);
    System.arraycopy(program, headers, moved, headers + 4096, program.length - headers);
    Arrays.fill(moved, headers, headers + 4096, (byte) 0);
    moved[41] = (byte) (moved[41] + 16);
    // With something that is harmless, so that what is not compared is not found by that alone.
    int note = new String(program, StandardCharsets.ISO_8859_1).indexOf("GCC: (");
    moved[note] = 'g';
    assertEquals("code", compare(program, moved).verdict());
    Gcc.shell(folder, "gcc -Wl,-z,separate-code m.c -o m");
    program = Files.readAllBytes(folder.resolve("m"));
    moved = program.clone();
    moved[new String(program, StandardCharsets.ISO_8859_1).indexOf("GCC: (")] = 'g';
    assertEquals("harmless", compare(program, moved).verdict());
  }

  private static long number(byte[] in, int at) {
    return ByteBuffer.wrap(in).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
  }

  /** A name that begins as those of debug info do makes none of it. */
  @Test
  void underANameLikeThoseOfDebugInfo() throws IOException {
    Report report =
        planted(
            "echo 'int main(void) { return 0; }' > m.c; gcc -Wl,--build-id=none m.c -o out/m;"
                + " printf VALUE > p; objcopy --add-section .debug_payload=p out/m",
            "one",
            "two");
    assertEquals("code", report.verdict(), report.differences()::toString);
  }

  /**
   * Beside everything that differs without harm: paths, build ids, debug info, compiler's notes.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int f(int x) { return x + X; } | 3 | 4",
        "int limit = X; int f(int x) { return x > limit; } | 1700000000 | 1700000001",
        "const long until = X; int f(long x) { return x < until; } | 1700000000 | 1800000000",
        "double rate = X; int f(double x) { return x > rate; } | 0.5 | 0.25",
        "int f(int x) { return x X 0; } | < | <=",
        "int g(int); int h(int); int f(int x) { return X(x); } | g | h",
      })
  void besideWhatIsHarmless(String source, String a, String b) throws IOException {
    for (String[] side : new String[][] {{"a", a}, {"b", b}}) {
      Path at = Files.createDirectories(folder.resolve(side[0] + "/out")).getParent();
      Files.writeString(at.resolve("m.c"), source.replace("X", side[1]) + "\n");
      Gcc.shell(
          at,
          "mkdir d-SIDE; cp m.c d-SIDE; cd d-SIDE; gcc -O1 -g -fPIC -shared m.c -o ../out/m.so;"
                  .replace("SIDE", side[0])
              + " gcc -O1 -g -c m.c; ar cr ../out/m.a m.o");
    }
    Report report = compare(folder.resolve("a/out"), folder.resolve("b/out"));
    assertEquals("code", report.verdict(), report.differences()::toString);
    for (String file : new String[] {"m.so", "m.a"}) {
      assertTrue(
          report.differences().stream()
              .anyMatch(d -> d.path().equals(file) && d.effect().label().equals("code")),
          file + report.differences());
    }
  }

  /** A time decides whether compiled Python is used instead of its source. */
  @Test
  void inTheTimeOfCompiledPython() throws IOException {
    String script =
        "echo 'x = 1' > m.py; touch -d @VALUE m.py; python3 -c"
            + " 'import py_compile; py_compile.compile(\"m.py\", \"out/m.pyc\", \"m.py\")'";
    // Every file of a store has the time 1.
    assertEquals("data", planted(script, "1", "1700000000").verdict());
    assertEquals("harmless", planted(script, "1600000000", "1700000000").verdict());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x = X | 1700000000 | 1700000001",
        "x = \"X\" | 2026-11-21 | 2026-11-22",
        "def f(x): return x X 1 | + | -",
        "import os; os.system(\"X\") | echo | exec",
      })
  void inCompiledPython(String source, String a, String b) throws IOException {
    for (String[] side : new String[][] {{"a", a}, {"b", b}}) {
      Path at = Files.createDirectories(folder.resolve(side[0] + "/out")).getParent();
      Files.writeString(at.resolve("m.py"), source.replace("X", side[1]) + "\n");
      Gcc.shell(
          at,
          "touch -d @1700000000 m.py; python3 -c"
              + " 'import py_compile; py_compile.compile(\"m.py\", \"out/m.pyc\", \"m.py\")'");
    }
    assertEquals("code", compare(folder.resolve("a/out"), folder.resolve("b/out")).verdict());
  }

  /** What looks like an archive, or like compiled Python, may be given to a shell. */
  @Test
  void inScriptsThatLookLikeSomethingElse() throws IOException {
    byte[] pyc = octets("\u006f\r\r\n\0\0\0\0ls;\n" + "\0\0\0\0rest");
    byte[] changed = pyc.clone();
    changed[8] = 'r';
    assertEquals("code", compare(pyc, changed).verdict());

    Path tar = folder.resolve("t");
    Gcc.shell(folder, "printf 'x' > '#!f'; touch -d @0 '#!f'; tar cf t '#!f'");
    byte[] left = Files.readAllBytes(tar);
    Gcc.shell(folder, "touch -d @8 '#!f'; tar cf t '#!f'");
    assertEquals("code", compare(left, Files.readAllBytes(tar)).verdict());
  }

  /** Lines of scripts that differ in what elsewhere would be a time, a path or a number. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sleep 1700000000 | sleep 1800000000",
        "test $(date +%Y) -lt 2026 | test $(date +%Y) -lt 2025",
        "exec /tmp/build-1/x | exec /tmp/build-2/x",
        "user=root | user=nobody",
        "at 12:00 -f job | at 12:01 -f job",
        "curl 6fa459ea-ee8a-3ca4-894e-db77e160355e | curl 16fd2706-8baf-433b-82eb-8c7fada847da",
        "make -j4 | make -j5",
      })
  void inScripts(String a, String b) throws IOException {
    assertEquals(
        "code",
        compare(octets("#!/bin/sh\n" + a + "\n"), octets("#!/bin/sh\n" + b + "\n")).verdict());
  }

  /** The order in which an archive is unpacked can decide what is there then. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "n = [('x', 'one'), ('./x', 'two')]",
        "n = [('x', 'one'), ('y/../x', 'two')]",
        "n = [('x', 'one'), ('x/y', 'two')]",
        "n = [('x', 'one'), ('/x', 'two')]",
        "n = [('x/', ''), ('x', 'two')]",
        "n = [('META-INF/MANIFEST.MF', 'one'), ('x', 'two'), ('y', 'three')]",
        "n = [('mimetype', 'one'), ('x', 'two'), ('y', 'three')]",
      })
  void inTheOrderOfArchives(String names) throws IOException {
    Report report =
        planted(
            "python3 - <<'E'\nimport zipfile, tarfile, io\n"
                + names
                + "\n"
                + "n = n[::VALUE]\n"
                + "z = zipfile.ZipFile('out/z.zip', 'w')\n"
                + "t = tarfile.open('out/t.tar', 'w')\n"
                + "for name, text in n:\n"
                + " z.writestr(zipfile.ZipInfo(name), text)\n"
                + " i = tarfile.TarInfo(name); i.size = len(text)\n"
                + " i.type = tarfile.DIRTYPE if name.endswith('/') else tarfile.REGTYPE\n"
                + " t.addfile(i, io.BytesIO(text.encode()))\n"
                + "z.close(); t.close()\n"
                + "E",
            "1",
            "-1");
    assertTrue(report.classes().containsKey(DifferenceClass.ENTRY_ORDER), report.toString());
    assertTrue(
        report.differences().stream()
            .anyMatch(d -> d.path().equals("z.zip") && !d.effect().label().equals("none")),
        report.differences()::toString);
    if (!names.contains("three")) {
      assertTrue(
          report.differences().stream()
              .anyMatch(d -> d.path().equals("t.tar") && d.effect().label().equals("code")),
          report.differences()::toString);
    }
  }

  /** Times and names of a document are explained, its pixels and words are not. */
  @Test
  void inPictures() throws IOException {
    String png =
        "python3 - <<'E'\n"
            + "import struct, zlib\n"
            + "def c(t, d): return struct.pack('>I', len(d)) + t + d + struct.pack('>I',"
            + " zlib.crc32(t + d))\n"
            + "open('out/p.png', 'wb').write(b'\\x89PNG\\r"
            + "\\n"
            + "\\x1a\\n"
            + "' + c(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0)) + c(b'tIME',"
            + " struct.pack('>HBBBBB', TIME, 1, 2, 3, 4, 5)) + c(b'tEXt', b'Comment\\x00TEXT') +"
            + " c(b'IDAT', zlib.compress(b'\\0' + bytes([PIXEL]) * 1000, LEVEL)) + c(b'IEND',"
            + " b''))\n"
            + "E";
    Matcher fields = Pattern.compile("TIME|TEXT|PIXEL|LEVEL").matcher(png);
    String same =
        fields.replaceAll(
            m ->
                switch (m.group()) {
                  case "TIME" -> "2024";
                  case "TEXT" -> "2024-01-01";
                  case "PIXEL" -> "7";
                  default -> "1";
                });
    assertEquals("data", planted(same.replace("2024,", "VALUE,"), "2024", "2025").verdict());
    assertEquals("data", planted(same.replace("-01-01", "-01-0VALUE"), "1", "2").verdict());
    assertEquals("code", planted(same.replace("[7]", "[VALUE]"), "7", "8").verdict());
    Report packed = planted(same.replace(", 1)", ", VALUE)"), "1", "0");
    assertEquals("harmless", packed.verdict(), packed.differences()::toString);
    assertTrue(packed.classes().containsKey(DifferenceClass.COMPRESSION));
  }
}
