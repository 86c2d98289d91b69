package org.buildchain.store.checkout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.FileTree;

/**
 * The files of objects in the store folder, with the metadata that Nix gives them: files 0444 or
 * 0555, folders 0555, times one second after 1970 began. An object appears by one rename.
 */
final class Checkout {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("r--r--r--");
  private static final Set<PosixFilePermission> PROGRAM =
      PosixFilePermissions.fromString("r-xr-xr-x");
  private static final Set<PosixFilePermission> WRITABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final FileTime TIME = FileTime.fromMillis(1000);

  private final StoreDir dir;

  Checkout(StoreDir dir) {
    this.dir = dir;
  }

  /** Whether something stands where the object belongs. */
  boolean has(StorePath path) throws IOException {
    return Posix.find(Octets.fromText(dir.print(path))).isPresent();
  }

  /** Writes an object, unless it appears meanwhile. */
  void write(StorePath path, FileTree tree) throws IOException {
    write(path, tree, false);
  }

  /** Writes an object in the place of what stands there. */
  void replace(StorePath path, FileTree tree) throws IOException {
    write(path, tree, true);
  }

  private void write(StorePath path, FileTree tree, boolean replace) throws IOException {
    Path folder = Files.createDirectories(Path.of(dir.path()));
    Path fresh = folder.resolve(".new-" + path.hashPart() + "-" + System.nanoTime());
    try {
      Files.createDirectory(fresh);
      Path made = fresh.resolve("it");
      write(tree, made);
      // A folder that may not be written to can't be moved to another one.
      boolean closed = tree instanceof FileTree.Directory && !isRoot();
      if (closed) {
        Files.setPosixFilePermissions(made, WRITABLE);
      }
      synchronized (this) {
        Path target = folder.resolve(path.toString());
        if (replace && has(path)) {
          if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(target, WRITABLE);
          }
          Files.move(target, fresh.resolve("was"), StandardCopyOption.ATOMIC_MOVE);
        }
        if (!has(path)) {
          Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
          if (closed) {
            Files.setPosixFilePermissions(target, PROGRAM);
          }
        }
      }
    } finally {
      Posix.removeTree(Octets.fromText(fresh.toString()));
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static void write(FileTree tree, Path at) throws IOException {
    switch (tree) {
      case FileTree.Regular file -> {
        try (InputStream in = file.open()) {
          Files.copy(in, at);
        }
        Files.setPosixFilePermissions(at, file.executable() ? PROGRAM : FILE);
        Files.setLastModifiedTime(at, TIME);
      }
      case FileTree.Symlink link -> Files.createSymbolicLink(at, Path.of(text(link.target())));
      case FileTree.Directory folder -> {
        Files.createDirectory(at);
        for (FileTree.Entry entry : folder.entries()) {
          write(entry.node(), at.resolve(text(entry.name())));
        }
        Files.setPosixFilePermissions(at, PROGRAM);
        Files.setLastModifiedTime(at, TIME);
      }
    }
  }

  /** Removes an object's files. */
  void remove(StorePath path) throws IOException {
    Posix.removeTree(Octets.fromText(dir.print(path)));
  }

  /** What Java can name a file by: UTF-8. */
  private static String text(String octets) throws IOException {
    String text = Octets.toText(octets);
    if (!Octets.fromText(text).equals(octets)) {
      throw new IOException("'" + octets + "' is not UTF-8, which names in such a store must be");
    }
    return text;
  }
}
