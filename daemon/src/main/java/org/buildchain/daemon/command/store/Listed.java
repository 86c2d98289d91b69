package org.buildchain.daemon.command.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.tree.FileTree;
import tools.jackson.databind.node.ObjectNode;

/** What is known of a node of a tree without reading files. Names are octet strings. */
sealed interface Listed {
  /**
   * A regular file.
   *
   * @param offset where its content stands in the NAR, if that is known
   */
  record File(boolean executable, long size, OptionalLong offset) implements Listed {}

  /** A symbolic link. */
  record Link(String target) implements Listed {}

  /** A folder, perhaps not looked into. */
  record Folder(SortedMap<String, Listed> entries) implements Listed {}

  /** A tree of the store, with as many levels below its root. */
  static Listed of(FileTree tree, int levels) throws IOException {
    return switch (tree) {
      case FileTree.Regular file -> new File(file.executable(), file.size(), OptionalLong.empty());
      case FileTree.Symlink link -> new Link(link.target());
      case FileTree.Directory folder -> {
        SortedMap<String, Listed> entries = new TreeMap<>();
        if (levels > 0) {
          for (FileTree.Entry entry : folder.entries()) {
            entries.put(entry.name(), of(entry.node(), levels - 1));
          }
        }
        yield new Folder(entries);
      }
    };
  }

  /** All of a NAR, with the places of the files in it. */
  static Listed inNar(FileTree root) throws IOException {
    NarWriter place = new NarWriter((data, offset, length) -> {});
    place.begin();
    return inNar(root, place);
  }

  private static Listed inNar(FileTree tree, NarWriter place) throws IOException {
    return switch (tree) {
      case FileTree.Regular file -> {
        place.beginFile(file.executable(), file.size());
        OptionalLong offset = OptionalLong.of(place.written());
        try (InputStream content = file.open()) {
          content.transferTo(OutputStream.nullOutputStream());
        }
        place.skip(file.size());
        place.endFile(file.size());
        yield new File(file.executable(), file.size(), offset);
      }
      case FileTree.Symlink link -> {
        String target = link.target();
        place.symlink(target);
        yield new Link(target);
      }
      case FileTree.Directory folder -> {
        SortedMap<String, Listed> entries = new TreeMap<>();
        place.beginDirectory();
        for (FileTree.Entry entry : folder.entries()) {
          place.beginEntry(entry.name());
          entries.put(entry.name(), inNar(entry.node(), place));
          place.endEntry();
        }
        place.endDirectory();
        yield new Folder(entries);
      }
    };
  }

  /** Writes it as Nix lists a NAR, entries as far as they are wanted. */
  default void write(ObjectNode to, boolean recursive) {
    switch (this) {
      case File file -> {
        if (file.executable()) {
          to.put("executable", true);
        }
        file.offset().ifPresent(o -> to.put("narOffset", o));
        to.put("size", file.size()).put("type", "regular");
      }
      case Link link -> to.put("target", Octets.toText(link.target())).put("type", "symlink");
      case Folder folder -> {
        ObjectNode entries = to.putObject("entries");
        folder
            .entries()
            .forEach(
                (name, node) -> {
                  ObjectNode entry = entries.putObject(Octets.toText(name));
                  if (recursive) {
                    node.write(entry, true);
                  }
                });
        to.put("type", "directory");
      }
    }
  }
}
