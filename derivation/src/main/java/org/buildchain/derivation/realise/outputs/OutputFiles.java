package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;

/**
 * What a builder left on the disk. Its processes are dead, but nothing else about it is trusted.
 */
public final class OutputFiles {
  private OutputFiles() {}

  /** The trees of the outputs with these names; see {@link #tree}. */
  public static SortedMap<String, FileTree> trees(
      String label,
      Collection<String> names,
      SortedMap<String, StorePath> paths,
      StoreDir dir,
      Path folder)
      throws IOException {
    SortedMap<String, FileTree> trees = new TreeMap<>();
    for (String name : names) {
      trees.put(name, tree(label, name, folder, dir.print(paths.get(name))));
    }
    return trees;
  }

  /**
   * The tree of an output. Owners, times, links between files and all permissions but the
   * executable bit are not part of it, which is how Nix's canonical metadata come about.
   *
   * @param label the derivation, for errors
   * @param folder holds the outputs by base name
   * @param path the output's full path as the builder saw it
   * @throws BuildException if it is absent, others may write to it, or it is none of file, folder
   *     and link
   */
  private static FileTree tree(String label, String output, Path folder, String path)
      throws IOException {
    String file =
        Octets.fromText(folder.toString()) + "/" + path.substring(path.lastIndexOf('/') + 1);
    Optional<FileStatus> status = Posix.find(file);
    if (status.isEmpty()) {
      throw new BuildException(
          "builder for '"
              + label
              + "' failed to produce output path for output '"
              + output
              + "' at '"
              + path
              + "'");
    }
    if (status.get().type() != FileStatus.Type.SYMLINK && (status.get().mode() & 0022) != 0) {
      throw new BuildException(
          "suspicious ownership or permission on '"
              + path
              + "' for output '"
              + output
              + "'; rejecting this build output");
    }
    try {
      return DiskTree.of(file);
    } catch (StoreException e) {
      throw new BuildException("output '" + path + "' of '" + label + "': " + e.getMessage());
    }
  }
}
