package org.buildchain.language.flake;

import java.util.Optional;
import java.util.SortedMap;

/**
 * What a {@code flake.nix} says.
 *
 * @param resolved where the registries say that it is
 * @param locked where it was found, as exactly as that is known
 * @param folder the folder that it stands in
 * @param config the settings of {@code nixConfig}, lists with spaces between their elements
 */
record FlakeFile(
    FlakeRef resolved,
    FlakeRef locked,
    String folder,
    Optional<String> description,
    SortedMap<String, FlakeInput> inputs,
    SortedMap<String, String> config) {
  String lockFile() {
    return folder + "/flake.lock";
  }
}
