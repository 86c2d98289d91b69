package org.buildchain.fuse;

import java.io.IOException;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Kind;
import org.buildchain.fuse.FileSystemView.Node;
import org.buildchain.fuse.FileSystemView.Regular;
import org.buildchain.fuse.FileSystemView.Symlink;

/** The modes of a store's files: as Nix has them, nothing writable. */
final class Modes {
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;

  private Modes() {}

  /** Type and permission bits. */
  static int mode(Node node) {
    return switch (node) {
      case Directory _ -> DIRECTORY | 0555;
      case Symlink _ -> SYMLINK | 0777;
      case Regular file -> REGULAR | (file.executable() ? 0555 : 0444);
    };
  }

  /** What {@code st_size} says. */
  static long size(Node node) throws IOException {
    return switch (node) {
      case Directory _ -> 0;
      case Symlink link -> link.target().length();
      case Regular file -> file.size();
    };
  }

  /** Type bits, or 0 where they are not known. */
  static int type(Kind kind) {
    return switch (kind) {
      case DIRECTORY -> DIRECTORY;
      case REGULAR -> REGULAR;
      case SYMLINK -> SYMLINK;
      case UNKNOWN -> 0;
    };
  }
}
