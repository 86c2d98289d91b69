package org.buildchain.derivation.realise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;

/**
 * The folders of one build, below a folder that nobody else may enter.
 *
 * @param top holds the others
 * @param outputs where the builder's outputs appear
 * @param build the builder's working folder
 */
record BuildFolders(Path top, Path outputs, Path build) {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  static BuildFolders create(Path root, String name) throws IOException {
    Files.createDirectories(root);
    Path top =
        Files.createTempDirectory(root, name + "-", PosixFilePermissions.asFileAttribute(OWNER));
    return new BuildFolders(
        top,
        Files.createDirectory(top.resolve("store"), PosixFilePermissions.asFileAttribute(OWNER)),
        Files.createDirectory(top.resolve("build"), PosixFilePermissions.asFileAttribute(OWNER)));
  }

  /** Puts files into the build folder. */
  void write(Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.write(build.resolve(file.getKey()), Octets.bytes(file.getValue()));
    }
  }

  /** Removes everything but the build folder, which others may look at then. */
  Path keepBuild() throws IOException {
    delete(outputs);
    Set<PosixFilePermission> readable = PosixFilePermissions.fromString("rwxr-xr-x");
    Files.setPosixFilePermissions(top, readable);
    Files.setPosixFilePermissions(build, readable);
    return build;
  }

  /** Removes everything. */
  void delete() throws IOException {
    delete(top);
  }

  private static void delete(Path path) throws IOException {
    Posix.removeTree(Octets.fromText(path.toString()));
  }
}
