package org.buildchain.diff.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Report;
import org.buildchain.store.tree.DiskTree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds of non-determinism, each planted into what real tools make, are named. */
class PlantedTest {
  private static final String SOURCE =
      "#include <stdio.h>\nint main(void) { int local = 3; return puts(TEXT) + local; }\n";

  @TempDir Path folder;

  @BeforeEach
  void sides() throws IOException {
    for (String side : new String[] {"a", "b"}) {
      Files.createDirectories(folder.resolve(side + "/out"));
    }
  }

  /** Runs a script in {@code a} and {@code b}; it writes to {@code out}. */
  private void make(String a, String b) throws IOException {
    Gcc.shell(folder.resolve("a"), a);
    Gcc.shell(folder.resolve("b"), b);
  }

  private Report compare() throws IOException {
    return TreeDiff.compare(
        DiskTree.of(folder.resolve("a/out").toString()),
        DiskTree.of(folder.resolve("b/out").toString()));
  }

  private void expect(String verdict, DifferenceClass... causes) throws IOException {
    Report report = compare();
    assertEquals(
        new TreeSet<>(Set.of(causes)),
        new TreeSet<>(report.classes().keySet()),
        report.differences()::toString);
    assertEquals(verdict, report.verdict(), report.differences()::toString);
  }

  private void texts(String a, String b) throws IOException {
    Files.writeString(folder.resolve("a/out/info.txt"), "one\n" + a + "\nthree\n");
    Files.writeString(folder.resolve("b/out/info.txt"), "one\n" + b + "\nthree\n");
  }

  @Test
  void nothing() throws IOException {
    texts("same", "same");
    expect("same");
  }

  @Test
  void timesInTexts() throws IOException {
    for (String[] t :
        new String[][] {
          {"Built on 2026-11-21T12:03:06Z", "Built on 2026-11-20T09:59:41Z"},
          {"Sat Nov 21 12:03:06 UTC 2026", "Fri Nov  6 09:59:41 UTC 2026"},
          {"Date: Sat, 21 Nov 2026 12:03:06 +0000", "Date: Fri, 6 Nov 2026 01:03:06 +0000"},
          {"epoch=1795262586;", "epoch=1795262599;"},
          {"<!-- Generated 21/11/2026 12:03 -->", "<!-- Generated 22/11/2026 07:13 -->"},
          {".TH FOO 1 \"November 2026\"", ".TH FOO 1 \"December 2026\""},
          {"Copyright 2025", "Copyright 2026"},
          {"on 11/14/23 22:13:20", "on 04/05/24 19:34:38"},
          {"Nov 14 202322:13:20", "Apr  5 202419:34:38"},
          {"Finished in 12 seconds", "Finished in 9 seconds"},
          {"took 1.234s", "took 0.98s"},
          {"Tests run: 3, Time elapsed: 0.034 s", "Tests run: 3, Time elapsed: 0.12 s"}
        }) {
      texts(t[0], t[1]);
      expect("data", DifferenceClass.TIME_STAMP);
    }
  }

  @Test
  void timesInPrograms() throws IOException {
    String gcc = " gcc -O1 -Wl,--build-id=none -DTEXT='__DATE__ \" \" __TIME__' main.c -o out/main";
    sources();
    make("SOURCE_DATE_EPOCH=1700000000" + gcc, "SOURCE_DATE_EPOCH=1712345678" + gcc);
    expect("data", DifferenceClass.TIME_STAMP);
  }

  @Test
  void timesInArchives() throws IOException {
    String script =
        "echo text > f.txt; touch -d @EPOCH f.txt; gcc -c -DTEXT='\"x\"' main.c -o f.o; touch -d"
            + " @EPOCH f.o;ar crU out/f.a f.o; tar cf out/f.tar --owner=0 --group=0 f.txt;gzip -c"
            + " f.txt > out/f.gz; jar cfM out/f.jar f.txt; tar czf out/f.tgz --format=pax f.txt";
    sources();
    make(script.replace("EPOCH", "1700000000"), script.replace("EPOCH", "1712345678"));
    expect("harmless", DifferenceClass.TIME_STAMP);
    assertEquals(
        Set.of("f.a", "f.tar", "f.gz", "f.jar", "f.tgz"),
        compare().differences().stream().map(d -> d.path()).collect(Collectors.toSet()));
  }

  /** More members than fit into 16 bits: the directory's end is that of zip64. */
  @Test
  void timesInArchivesOfManyMembers() throws IOException {
    String script =
        "python3 -c 'import zipfile; z = zipfile.ZipFile(\"out/f.zip\", \"w\");"
            + " [z.writestr(zipfile.ZipInfo(str(i), (YEAR, 1, 1, 0, 0, 0)), \"x\")"
            + " for i in range(65536)]; z.close()'";
    make(script.replace("YEAR", "2024"), script.replace("YEAR", "2025"));
    expect("harmless", DifferenceClass.TIME_STAMP);
  }

  @Test
  void timesInCompiledPython() throws IOException {
    String script =
        "echo 'x = 1' > m.py; touch -d @EPOCH m.py; python3 -c"
            + " 'import py_compile; py_compile.compile(\"m.py\", \"out/m.pyc\", \"m.py\")'";
    make(script.replace("EPOCH", "1700000000"), script.replace("EPOCH", "1712345678"));
    expect("harmless", DifferenceClass.TIME_STAMP);
  }

  @Test
  void buildPathsInDebugInfo() throws IOException {
    sources();
    String gcc =
        "mkdir -p D; cp main.c D; cd D; gcc -g -DTEXT='\"x\"' main.c -o ../out/main;"
            + "gcc -g -c -DTEXT='\"x\"' main.c; ar crD ../out/libmain.a main.o";
    make(
        gcc.replace("D;", "build;").replace(" D", " build"),
        gcc.replace("D;", "longer-name;").replace(" D", " longer-name"));
    // In the object the relocations of debug info move along.
    expect(
        "harmless",
        DifferenceClass.BUILD_PATH,
        DifferenceClass.BUILD_ID,
        DifferenceClass.DEBUG_INFO);
  }

  @Test
  void buildPathsInProgramsAndTexts() throws IOException {
    sources();
    String script =
        "gcc -Wl,--build-id=none -DTEXT='\"/tmp/build-D/x.c\"' main.c -o out/main;"
            + "echo prefix=/tmp/build-D/source >out/f.txt";
    make(script.replace("-D/", "-1/"), script.replace("-D/", "-2/"));
    expect("data", DifferenceClass.BUILD_PATH);
  }

  @Test
  void order() throws IOException {
    sources();
    String objects =
        "for n in x y z; do echo int f$n\\(void\\){return 1\\;}>$n.c; gcc -c $n.c; done;";
    make(objects + "ar crD out/l.a x.o y.o z.o", objects + "ar crD out/l.a z.o x.o y.o");
    expect("code", DifferenceClass.ENTRY_ORDER, DifferenceClass.SYMBOLS);
    Files.delete(folder.resolve("a/out/l.a"));
    Files.delete(folder.resolve("b/out/l.a"));
    String touch = "touch -d @1700000000 x.c y.c z.c;";
    make(
        touch + "tar cf out/t.tar x.c y.c z.c; jar cfM out/z.zip x.c y.c z.c",
        touch + "tar cf out/t.tar y.c z.c x.c; jar cfM out/z.zip y.c x.c z.c");
    // jar marks its first member.
    expect("harmless", DifferenceClass.ENTRY_ORDER, DifferenceClass.ARCHIVE_METADATA);
  }

  @Test
  void orderInTexts() throws IOException {
    texts("first\nsecond", "second\nfirst");
    expect("data", DifferenceClass.ENTRY_ORDER);
    texts("{'b': 1, 'a': 2, 'c': 3}", "{'a': 2, 'c': 3, 'b': 1}");
    expect("data", DifferenceClass.ENTRY_ORDER);
    // The last entry of a list has no comma behind it.
    texts("{\n \"a\": 1,\n \"b\": 2\n}", "{\n \"b\": 2,\n \"a\": 1\n}");
    expect("data", DifferenceClass.ENTRY_ORDER);
  }

  @Test
  void compilerNotes() throws IOException {
    sources();
    String gcc =
        "gcc -Wl,--build-id=none -DTEXT='\"x\"' main.c -o out/main; echo 'GCC: VERSION' > c;"
            + " objcopy --update-section .comment=c out/main";
    make(gcc.replace("VERSION", "12.2.0"), gcc.replace("VERSION", "13.1.0-with-a-longer-name"));
    expect("harmless", DifferenceClass.COMPILER_NOTE);
  }

  @Test
  void buildIds() throws IOException {
    sources();
    String gcc = "gcc -Wl,--build-id=0xBBBBBBBBBBBB -DTEXT='\"x\"' main.c -o out/main";
    make(gcc.replace("B", "1"), gcc.replace("B", "2"));
    expect("harmless", DifferenceClass.BUILD_ID);
  }

  @Test
  void debugInfo() throws IOException {
    sources();
    String gcc =
        "sed -i s/local/NAME/g main.c; cp main.c ..; cd ..;"
            + "gcc -O1 -g -Wl,--build-id=none -DTEXT='\"x\"' main.c -o SIDE/out/main";
    make(
        gcc.replace("NAME", "value").replace("SIDE", "a"),
        gcc.replace("NAME", "other_value").replace("SIDE", "b"));
    expect("harmless", DifferenceClass.DEBUG_INFO);
  }

  @Test
  void randomValues() throws IOException {
    for (String[] t :
        new String[][] {
          {"id=6fa459ea-ee8a-3ca4-894e-db77e160355e", "id=16fd2706-8baf-433b-82eb-8c7fada847da"},
          {
            "sum 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "sum 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
          },
          {"<Object at 0x7f3a1c2b4d60>", "<Object at 0x7fe0b8d91a20>"},
          {"from ccXb19aZ.o", "from ccQw8Kd1.o"},
          {"pid 1234", "pid 99871"},
          {"/tmp/tmp.Xy12ABcd9Z", "/tmp/tmp.Qz98WVut1A"},
          {"in /tmp/tmpab12cd34/x", "in /tmp/tmpzz98yy76/x"},
          {"main at 55d0c3a4b2f0", "main at 5612ab34cd90"},
          {"inode 1234", "inode 99871"},
          {"nonce: aGVsbG8gd29ybGQxMjM0NTY3ODk=", "nonce: Zm9vYmFyYmF6cXV4OTg3NjU0MzI="}
        }) {
      texts(t[0], t[1]);
      expect("data", DifferenceClass.RANDOM);
    }
  }

  @Test
  void hostsAndUsers() throws IOException {
    for (String[] t :
        new String[][] {
          {"built by root@builder-1", "built by ci@worker"},
          {"Hostname: alpha", "Hostname: beta.example"},
          {"USER=root", "USER=nixbld1"},
          {"uname: Linux alpha 6.1.0-18-amd64", "uname: Linux beta 6.12.3"},
          {
            "Linux alpha 6.1.0 #1 SMP Debian 6.1.76-1 (2024-02-01) x86_64 GNU/Linux",
            "Linux beta 6.12.3 #2 SMP Debian 6.12.3-1 (2025-02-01) x86_64 GNU/Linux"
          },
          {"Built-By: root", "Built-By: ci"}
        }) {
      texts(t[0], t[1]);
      expect("data", DifferenceClass.HOST_OR_USER);
    }
  }

  @Test
  void kernelsAndProcessors() throws IOException {
    for (String[] t :
        new String[][] {
          {"6.1.0-18-amd64", "6.12.41+deb13-cloud-amd64"},
          {"Kernel release: 6.1.0", "Kernel release: 6.12.3"},
          {"make -j4 all", "make -j64 all"},
          {"nproc=4", "nproc=64"},
          {"built with 4 CPUs", "built with 64 CPUs"}
        }) {
      texts(t[0], t[1]);
      expect("data", DifferenceClass.MACHINE);
    }
  }

  /** Words and numbers that only begin like what varies. */
  @Test
  void whatLooksLikeACauseIsNone() throws IOException {
    for (String[] t :
        new String[][] {
          {"Hello Friend", "Hello Monkey"},
          {"a Marble", "an Octopus"},
          {"ratio 0.5", "ratio 0.7"},
          {"release 1.2", "release 1.3"},
          {"it is configured", "it is confirmed"},
          {"about 1,234", "about 1,235"},
          {"port 8080", "port 8081"},
          {"verify yes", "verify no"}
        }) {
      texts(t[0], t[1]);
      expect("code", DifferenceClass.UNKNOWN);
    }
  }

  /** Formats that are not read in structure: what strings say, as far as they stay in place. */
  @Test
  void stringsInOtherFiles() throws IOException {
    String pdf =
        "printf '%%PDF-1.4\\n\\001\\002\\n1 0 obj<</CreationDate (D:TIMEZ)>>\\n' > out/d.pdf;";
    String catalog =
        "python3 -c 'import struct; t = b\"POT-Creation-Date: DAY 12:00+0000\\n"
            + "\"; open(\"out/m.mo\", \"wb\").write(struct.pack(\"<IIIIIIIIIII\", 0x950412de, 0, 1,"
            + " 28, 36, 0, 44, 0, 44, len(t), 45) + b\"\\0\" + t + b\"\\0\")';";
    make(
        pdf.replace("TIME", "20240101120000") + catalog.replace("DAY", "2024-01-01"),
        pdf.replace("TIME", "20250202130000") + catalog.replace("DAY", "2025-02-02"));
    expect("data", DifferenceClass.TIME_STAMP);
    // A class of Java runs.
    String java =
        "rm -f out/*; echo 'class A { String t = \"DAY\"; }' > A.java; javac -d out A.java";
    make(java.replace("DAY", "2024-01-01"), java.replace("DAY", "2025-02-02"));
    expect("code", DifferenceClass.TIME_STAMP);
    java = "echo 'class A { int f() { return N; } }' > A.java; javac -d out A.java";
    make(java.replace("N", "3"), java.replace("N", "4"));
    expect("code", DifferenceClass.CODE);
  }

  /** As dpkg-deb makes them: an ar archive whose names have no slash behind them. */
  @Test
  void timesInPackages() throws IOException {
    String script =
        "echo text > f; touch -d @EPOCH f; tar cJf data.tar.xz --owner=0 --group=0 f; echo 2.0 >"
            + " debian-binary; python3 - <<'E'\n"
            + "out = open('out/x.deb', 'wb')\n"
            + "out.write(b'!<arch>\\n"
            + "')\n"
            + "for n in ['debian-binary', 'data.tar.xz']:\n"
            + " d = open(n, 'rb').read()\n"
            + " out.write(b'%-16s%-12d%-6d%-6d%-8s%-10d`\\n"
            + "' % (n.encode(), EPOCH, 0, 0, b'100644', len(d)) + d + b'\\n"
            + "' * (len(d) % 2))\n"
            + "E";
    make(script.replace("EPOCH", "1700000000"), script.replace("EPOCH", "1712345678"));
    expect("harmless", DifferenceClass.TIME_STAMP);
  }

  @Test
  void localesAndZones() throws IOException {
    for (String[] t :
        new String[][] {
          {"LANG=en_US.UTF-8", "LANG=de_DE.UTF-8"},
          {"LC_ALL=C.UTF-8", "LC_ALL=fr_FR.UTF-8"},
          {"total 1,234,567.8", "total 1.234.567,8"},
          {"zone Europe/Berlin", "zone America/New_York"},
          {"at noon UTC", "at noon CET"}
        }) {
      texts(t[0], t[1]);
      expect("data", DifferenceClass.LOCALE);
    }
    texts("2026-11-21T12:03:06+00:00", "2026-11-21T13:03:06+01:00");
    expect("data", DifferenceClass.TIME_STAMP, DifferenceClass.LOCALE);
  }

  @Test
  void permissions() throws IOException {
    make("touch out/x; chmod 755 out/x", "touch out/x; chmod 644 out/x");
    expect("code", DifferenceClass.PERMISSIONS);
    make(
        "rm out/x; touch f; chmod 600 f; tar cf out/t.tar f",
        "rm out/x; touch f -r ../a/f; tar cf out/t.tar f");
    expect("data", DifferenceClass.PERMISSIONS);
  }

  @Test
  void links() throws IOException {
    make("ln -s x out/l", "ln -s y out/l");
    expect("code", DifferenceClass.LINK_TARGET);
  }

  @Test
  void metadataOfArchives() throws IOException {
    String script =
        "echo x >f; touch -d @1700000000 f; tar cf out/t.tar --numeric-owner --owner=OWN --group=0"
            + " f; cp f NAME; touch -r f NAME; gzip -c NAME > out/f.gz";
    make(
        script.replace("OWN", "1000").replace("NAME", "name"),
        script.replace("OWN", "1001").replace("NAME", "other"));
    expect("data", DifferenceClass.ARCHIVE_METADATA);
  }

  @Test
  void compression() throws IOException {
    String script =
        "seq 10000 > f; touch -d @1700000000 f; gzip -LEVEL -c f > out/f.gz;"
            + " for p in xz zstd bzip2; do $p -q -LEVEL -c f > out/f.$p; done;"
            + " python3 -c 'import zipfile; z = zipfile.ZipFile(\"out/f.zip\", \"w\", 8,"
            + " compresslevel=LEVEL); z.write(\"f\")'";
    make(script.replace("LEVEL", "1"), script.replace("LEVEL", "9"));
    expect("harmless", DifferenceClass.COMPRESSION);
  }

  @Test
  void storePaths() throws IOException {
    String a = "0c1nc1lcv3yk4y9z5hwsgnd1b1wvyyfz";
    String b = "1q5mx2ipxk6zbdvgkaf7lg5gnxnzfwyd";
    sources();
    String script =
        "gcc -Wl,--build-id=none -DTEXT='\"/nix/store/HASH-x/share\"' main.c -o out/main;"
            + "ln -s /nix/store/HASH-x/lib out/l; echo exec /nix/store/HASH-x/bin/x > out/run.sh;"
            + "gzip -nc out/run.sh > out/run.gz";
    make(script.replace("HASH", a), script.replace("HASH", b));
    Report report =
        TreeDiff.compare(
            DiskTree.of(folder.resolve("a/out").toString()),
            DiskTree.of(folder.resolve("b/out").toString()),
            Optional.of(a),
            Optional.of(b));
    assertEquals(Set.of(DifferenceClass.STORE_PATH), report.classes().keySet());
    assertEquals("harmless", report.verdict());
    // A path of something else is not harmless.
    Report other = compare();
    assertTrue(other.classes().containsKey(DifferenceClass.STORE_PATH));
    assertEquals("code", other.verdict());
  }

  @Test
  void whatOneSideHas() throws IOException {
    make("echo x > out/f; echo y > out/t", "mkdir out/t");
    expect("code", DifferenceClass.MISSING, DifferenceClass.FILE_TYPE);
  }

  @Test
  void code() throws IOException {
    sources();
    String gcc = "gcc -Wl,--build-id=none -DTEXT='\"x\"' main.c -o out/main";
    make("sed -i 's/= 3/= 4/' main.c;" + gcc, gcc);
    expect("code", DifferenceClass.CODE);
    make("rm out/main; echo 'exec a' > out/r.sh", "rm out/main; echo 'exec b' > out/r.sh");
    expect("code", DifferenceClass.CODE);
    texts("the answer is yes", "the answer is no");
    expect("code", DifferenceClass.CODE, DifferenceClass.UNKNOWN);
  }

  private void sources() throws IOException {
    Files.writeString(folder.resolve("a/main.c"), SOURCE);
    Files.writeString(folder.resolve("b/main.c"), SOURCE);
  }
}
