package org.buildchain.tests.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.language.EvalHost.Filter;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * The least store that an evaluation can do with: objects are plain files in a folder. The NAR
 * serialisation is written here anew, so that the conformance runs need no part of the real store.
 */
public final class FolderStore {
  private final Path root;
  private final Map<StorePath, SortedSet<StorePath>> references = new ConcurrentHashMap<>();

  /** A store whose objects stand in this folder. */
  public FolderStore(Path root) {
    this.root = root;
  }

  Path file(StorePath path) {
    return root.resolve(path.toString());
  }

  boolean has(StorePath path) {
    return references.containsKey(path);
  }

  SortedSet<StorePath> references(StorePath path) {
    return references.getOrDefault(path, new TreeSet<>());
  }

  void addText(StorePath path, String content, SortedSet<StorePath> refs) throws IOException {
    Files.write(file(path), Octets.bytes(content));
    references.put(path, refs);
  }

  void addTree(StorePath path, Path source, String shown, Filter filter) throws IOException {
    if (!has(path)) {
      copy(source, shown, file(path), filter);
      references.put(path, new TreeSet<>());
    }
  }

  private static void copy(Path from, String shown, Path to, Filter filter) throws IOException {
    if (Files.isSymbolicLink(from)) {
      Files.createSymbolicLink(to, Files.readSymbolicLink(from));
    } else if (Files.isDirectory(from)) {
      Files.createDirectory(to);
      for (Path entry : entries(from)) {
        String name = entry.getFileName().toString();
        if (filter.accept(shown + "/" + name, type(entry))) {
          copy(entry, shown + "/" + name, to.resolve(name), filter);
        }
      }
    } else {
      Files.copy(from, to);
    }
  }

  /** The NAR of a file, folder or link. */
  static byte[] nar(Path from, String shown, Filter filter) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    words(out, "nix-archive-1");
    nar(out, from, shown, filter);
    return out.toByteArray();
  }

  private static void nar(ByteArrayOutputStream out, Path from, String shown, Filter filter)
      throws IOException {
    words(out, "(", "type");
    if (Files.isSymbolicLink(from)) {
      words(
          out, "symlink", "target", Octets.fromText(Files.readSymbolicLink(from).toString()), ")");
    } else if (Files.isDirectory(from)) {
      words(out, "directory");
      for (Path entry : entries(from)) {
        String name = Octets.fromText(entry.getFileName().toString());
        if (filter.accept(shown + "/" + name, type(entry))) {
          words(out, "entry", "(", "name", name, "node");
          nar(out, entry, shown + "/" + name, filter);
          words(out, ")");
        }
      }
      words(out, ")");
    } else {
      words(out, "regular");
      if (Files.isExecutable(from)) {
        words(out, "executable", "");
      }
      words(out, "contents", Octets.of(Files.readAllBytes(from)), ")");
    }
  }

  private static void words(ByteArrayOutputStream out, String... words) {
    for (String w : words) {
      byte[] bytes = Octets.bytes(w);
      out.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).array());
      out.writeBytes(bytes);
      out.writeBytes(new byte[-bytes.length & 7]);
    }
  }

  static FileType type(Path p) {
    if (Files.isSymbolicLink(p)) {
      return FileType.SYMLINK;
    }
    if (Files.isDirectory(p)) {
      return FileType.DIRECTORY;
    }
    return Files.isRegularFile(p) ? FileType.REGULAR : FileType.UNKNOWN;
  }

  private static Iterable<Path> entries(Path folder) throws IOException {
    try (var s = Files.list(folder)) {
      return s.sorted(Comparator.comparing(p -> Octets.fromText(p.toString()))).toList();
    }
  }
}
