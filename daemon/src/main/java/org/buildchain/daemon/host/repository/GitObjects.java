package org.buildchain.daemon.host.repository;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.host.archive.ArchiveTree;
import org.buildchain.daemon.host.archive.BoundedStream;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/** What a commit holds, put into a tree: files, links, and empty folders for submodules. */
final class GitObjects {
  private static final int MAX_LINE = 4096;

  /** An entry of a commit's tree. */
  record Entry(String mode, String id, String path) {
    boolean isFolder() {
      return mode.equals("040000");
    }

    /** Whether it is a submodule: {@code id} is a commit of another repository. */
    boolean isSubmodule() {
      return mode.equals("160000");
    }
  }

  private final Git git;
  private final String commit;

  GitObjects(Git git, String commit) {
    this.git = git;
    this.commit = commit;
  }

  /** All entries, folders before what they hold. */
  List<Entry> entries() throws IOException {
    List<Entry> out = new ArrayList<>();
    for (String line : git.text("ls-tree", "-r", "-t", "-z", "--full-tree", commit).split("\0")) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        String[] words = line.substring(0, tab).split(" ");
        out.add(new Entry(words[0], words[2], line.substring(tab + 1)));
      }
    }
    return out;
  }

  /** Those that {@code .gitattributes} does not mark {@code export-ignore}. */
  List<Entry> exported(Path temporary) throws IOException {
    List<Entry> all = entries();
    if (all.stream().noneMatch(e -> ("/" + e.path()).endsWith("/.gitattributes"))) {
      return all;
    }
    Path index = Files.createTempFile(temporary, "index", "");
    try {
      Files.delete(index);
      Git own = git.with("GIT_INDEX_FILE", index.toString());
      own.text("read-tree", commit);
      Set<String> ignored = ignored(own, all.stream().map(Entry::path).toList());
      return all.stream().filter(e -> !within(e.path(), ignored)).toList();
    } finally {
      Files.deleteIfExists(index);
    }
  }

  /** Which of some paths the attributes in the index mark {@code export-ignore}. */
  static Set<String> ignored(Git git, List<String> paths) throws IOException {
    Set<String> out = new TreeSet<>();
    String[] words =
        git.fed(
                String.join("\0", paths) + "\0",
                "check-attr",
                "--cached",
                "-z",
                "--stdin",
                "export-ignore")
            .split("\0");
    for (int i = 0; i + 2 < words.length; i += 3) {
      if (words[i + 2].equals("set")) {
        out.add(words[i]);
      }
    }
    return out;
  }

  /** Whether a path or a folder above it is one of these. */
  static boolean within(String path, Set<String> folders) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (folders.contains(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  /** Puts entries into {@code into} below {@code prefix}, which is empty or ends in a slash. */
  void fill(List<Entry> entries, ArchiveTree into, String prefix) throws IOException {
    Process p = git.start(List.of("cat-file", "--batch"));
    try (var out = p.getOutputStream();
        InputStream in = new BufferedInputStream(p.getInputStream(), 1 << 16)) {
      for (Entry e : entries) {
        if (e.isFolder() || e.isSubmodule()) {
          into.folder(prefix + e.path());
          continue;
        }
        out.write(Octets.bytes(e.id() + "\n"));
        out.flush();
        String[] header = line(in).split(" ");
        if (header.length != 3) {
          throw new IOException("git has no object " + e.id() + " for '" + e.path() + "'");
        }
        InputStream content = new BoundedStream(in, Long.parseLong(header[2]));
        if (e.mode().equals("120000")) {
          into.link(prefix + e.path(), Octets.of(content.readNBytes(MAX_LINE)));
        } else {
          into.file(prefix + e.path(), content, e.mode().equals("100755"));
        }
        if (in.read() != '\n') {
          throw new FormatException("git cat-file", "an object does not end where it should");
        }
      }
    } finally {
      p.destroy();
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder out = new StringBuilder();
    for (int c; (c = in.read()) != '\n'; ) {
      if (c < 0 || out.length() > MAX_LINE) {
        throw new FormatException("git cat-file", "the answer breaks off");
      }
      out.append((char) c);
    }
    return out.toString();
  }
}
