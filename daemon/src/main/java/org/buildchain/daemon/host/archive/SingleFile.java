package org.buildchain.daemon.host.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.buildchain.store.tree.FileTree;

/** A downloaded file as a tree: a regular file without the execute bit. */
public record SingleFile(Path path, long size) implements FileTree.Regular {
  /** The file as long as it is now: what is added to it later is not read. */
  public static SingleFile of(Path path) throws IOException {
    return new SingleFile(path, Files.size(path));
  }

  @Override
  public boolean executable() {
    return false;
  }

  @Override
  public InputStream open() throws IOException {
    return new BoundedStream(Files.newInputStream(path), size);
  }
}
