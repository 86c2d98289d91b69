package org.buildchain.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** IPFS's own libraries (npm), as {@code tests/ipfs} calls them. */
final class IpfsPeer {
  private static final Path FOLDER = Path.of("ipfs").toAbsolutePath();

  private IpfsPeer() {}

  private static String run(String script, List<?> arguments) {
    List<String> command = new ArrayList<>(List.of("node", FOLDER.resolve(script).toString()));
    arguments.forEach(a -> command.add(a.toString()));
    return Command.run(FOLDER, Map.of(), command).orFail();
  }

  /** The root CIDs that ipfs-unixfs-importer gives what stands at these paths. */
  static List<String> unixFs(List<Path> paths) {
    return run("unixfs.mjs", paths).lines().toList();
  }

  /**
   * The root CID that ipfs-unixfs-importer gives a file of three levels, with the length in the
   * root's node written anew.
   */
  static String unixFsWithLength(Path file) {
    return run("unixfs.mjs", List.of("--length", file)).strip();
  }

  /** What @ipld/car reads of a file, as a JSON object: version, roots, blocks. */
  static String car(Path file) {
    return run("car.mjs", List.of(file));
  }

  /** Has @ipld/car write what it reads of a file to another one. */
  static void copyCar(Path from, Path to) {
    run("car.mjs", List.of("--copy", from, to));
  }
}
