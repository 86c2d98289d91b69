package org.buildchain.language.flake;

import java.util.SortedMap;

/**
 * What a {@code flake.nix} says.
 *
 * @param locked where it was found, as exactly as that is known
 * @param folder the folder that it stands in
 */
record FlakeFile(FlakeRef locked, String folder, SortedMap<String, FlakeInput> inputs) {
  String lockFile() {
    return folder + "/flake.lock";
  }
}
