package org.buildchain.daemon.command.flake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.buildchain.daemon.command.Messages;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.FileTree;

/**
 * Copies a template's files to a folder. What stands there stays as it is. Source: Nix 2.26 manual,
 * {@code nix flake init}.
 */
final class TemplateCopy {
  private final Messages messages;
  private final List<String> written = new ArrayList<>();
  private int conflicts;

  TemplateCopy(Messages messages) {
    this.messages = messages;
  }

  /** What was written, absolute paths, and the folders. */
  List<String> written() {
    return List.copyOf(written);
  }

  /** How many files stand in the way, with another content. */
  int conflicts() {
    return conflicts;
  }

  /**
   * Copies a folder's content.
   *
   * @param from its path, for messages
   * @param to an absolute path; made where it is not there
   */
  void copy(FileTree.Directory folder, String from, String to) throws IOException {
    Files.createDirectories(path(to));
    for (FileTree.Entry entry : folder.entries()) {
      String source = from + "/" + entry.name();
      String target = to + "/" + entry.name();
      switch (entry.node()) {
        case FileTree.Directory below -> {
          copy(below, source, target);
          wrote(target);
        }
        case FileTree.Regular file -> {
          if (isFree(target, source, () -> holds(target, file))) {
            // Not executable, whatever it was: as Nix does.
            try (InputStream in = file.open()) {
              Files.copy(in, path(target));
            }
            wrote(target);
          }
        }
        case FileTree.Symlink link -> {
          if (isFree(target, source, () -> leads(target, link.target()))) {
            Files.createSymbolicLink(path(target), path(link.target()));
            wrote(target);
          }
        }
      }
    }
  }

  private interface Comparison {
    boolean same() throws IOException;
  }

  private boolean isFree(String target, String source, Comparison comparison) throws IOException {
    if (!Files.exists(path(target), LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (comparison.same()) {
      messages.note("skipping identical file: " + source);
    } else {
      conflicts++;
      messages.note(
          "refusing to overwrite existing file '"
              + target
              + "'\n please merge it manually with '"
              + source
              + "'");
    }
    return false;
  }

  private static boolean holds(String target, FileTree.Regular file) throws IOException {
    if (!Files.isRegularFile(path(target)) || Files.size(path(target)) != file.size()) {
      return false;
    }
    try (InputStream wanted = file.open()) {
      return Arrays.equals(wanted.readAllBytes(), Files.readAllBytes(path(target)));
    }
  }

  private static boolean leads(String target, String wanted) throws IOException {
    return Files.isSymbolicLink(path(target))
        && Files.readSymbolicLink(path(target)).equals(path(wanted));
  }

  private void wrote(String target) {
    written.add(target);
    messages.note("wrote: \"" + target + "\"");
  }

  private static Path path(String octets) {
    return Path.of(Octets.toText(octets));
  }
}
