package org.buildchain.daemon.host.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.tree.FileTree;

/**
 * A tree that is filled from an archive. Its names live in memory and the files' bytes one behind
 * the other in a single spool file, so that no name of an archive ever becomes a file of the host:
 * {@code ..}, absolute names and links that lead outside can do no harm.
 */
public final class ArchiveTree implements AutoCloseable {
  /** The most entries, and the most bytes of all files together. */
  static final int MAX_ENTRIES = 4_000_000;

  static final long MAX_BYTES = 64L << 30;
  private static final int MAX_DEPTH = 512;

  private final String what;
  private final Path spool;
  private final OutputStream out;
  private final Folder root = new Folder();
  private int entries;
  private long length;
  private long newest;

  /**
   * @param what names the archive in messages
   * @param spool the file for the bytes; it is made, and removed by {@link #close}
   */
  public ArchiveTree(String what, Path spool) throws IOException {
    this.what = what;
    this.spool = spool;
    this.out = Files.newOutputStream(spool, StandardOpenOption.CREATE_NEW);
  }

  private record Folder(TreeMap<String, FileTree> children) implements FileTree.Directory {
    Folder() {
      this(new TreeMap<>());
    }

    @Override
    public List<Entry> entries() {
      List<Entry> list = new ArrayList<>();
      children.forEach((name, node) -> list.add(new Entry(name, node)));
      return list;
    }
  }

  private record File(Path spool, long offset, long size, boolean executable)
      implements FileTree.Regular {
    @Override
    public InputStream open() throws IOException {
      FileChannel channel = FileChannel.open(spool, StandardOpenOption.READ);
      channel.position(offset);
      return new BoundedStream(Channels.newInputStream(channel), size);
    }
  }

  private record Link(String target) implements FileTree.Symlink {}

  /** Adds a folder; one that is there already stays. */
  public void folder(String name) {
    folderAt(components(name));
  }

  /** Adds a file with the rest of {@code in} as its content. */
  public void file(String name, InputStream in, boolean executable) throws IOException {
    long start = length;
    byte[] buffer = new byte[1 << 16];
    for (int n; (n = in.read(buffer)) >= 0; ) {
      length += n;
      if (length > MAX_BYTES) {
        throw new FormatException(what, "holds more than " + MAX_BYTES + " bytes");
      }
      out.write(buffer, 0, n);
    }
    put(name, new File(spool, start, length - start, executable));
  }

  /** Adds a file or link that stands somewhere else. */
  public void node(String name, FileTree node) {
    put(name, node);
  }

  /** An entry was changed at this time, in seconds since 1970. */
  void changed(long seconds) {
    newest = Math.max(newest, seconds);
  }

  /** When the newest entry was changed; 0 if none says. */
  public long newest() {
    return newest;
  }

  /** Adds a symbolic link. */
  public void link(String name, String target) {
    if (target.isEmpty() || target.length() > 4095 || target.indexOf('\0') >= 0) {
      throw new FormatException(what, "the link '" + name + "' has no valid target");
    }
    put(name, new Link(target));
  }

  /** Adds another name for a file that came before. */
  void hardLink(String name, String target) {
    FileTree node = root;
    for (String component : components(target)) {
      node = node instanceof Folder f ? f.children.get(component) : null;
    }
    if (!(node instanceof File) && !(node instanceof Link)) {
      throw new FormatException(
          what, "'" + name + "' is a link to '" + target + "', which did not come before it");
    }
    put(name, node);
  }

  /** The whole tree. */
  public FileTree whole() throws IOException {
    out.close();
    return root;
  }

  /** The tree; where it holds nothing but one folder, that folder. */
  FileTree finish() throws IOException {
    out.close();
    if (root.children.size() == 1 && root.children.firstEntry().getValue() instanceof Folder f) {
      return f;
    }
    return root;
  }

  private void put(String name, FileTree node) {
    List<String> path = components(name);
    if (path.isEmpty()) {
      throw new FormatException(what, "an entry has no name");
    }
    Folder folder = folderAt(path.subList(0, path.size() - 1));
    FileTree before = folder.children.put(path.getLast(), node);
    if (before instanceof Folder) {
      throw new FormatException(what, "'" + name + "' is a folder and something else");
    }
    count();
  }

  private Folder folderAt(List<String> path) {
    Folder at = root;
    for (String component : path) {
      FileTree next = at.children.get(component);
      if (next == null) {
        next = new Folder();
        at.children.put(component, next);
        count();
      }
      if (!(next instanceof Folder folder)) {
        throw new FormatException(
            what, "'" + String.join("/", path) + "' goes through something that is no folder");
      }
      at = folder;
    }
    return at;
  }

  private void count() {
    if (++entries > MAX_ENTRIES) {
      throw new FormatException(what, "holds more than " + MAX_ENTRIES + " entries");
    }
  }

  private List<String> components(String name) {
    List<String> list = new ArrayList<>();
    for (String component : name.split("/")) {
      if (component.isEmpty() || component.equals(".")) {
        continue;
      }
      if (component.equals("..") || component.length() > 255 || component.indexOf('\0') >= 0) {
        throw new FormatException(
            what, "an entry has the name '" + name + "', which leads outside");
      }
      list.add(component);
    }
    if (list.size() > MAX_DEPTH) {
      throw new FormatException(what, "an entry is nested more than " + MAX_DEPTH + " deep");
    }
    return list;
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(spool);
  }

  /** For tests: the names of a folder's children. */
  static Map<String, FileTree> children(FileTree folder) {
    return Map.copyOf(((Folder) folder).children);
  }
}
