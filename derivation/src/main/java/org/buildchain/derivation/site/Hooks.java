package org.buildchain.derivation.site;

import java.util.Optional;

/**
 * Programs of this machine that are run with the daemon's rights, outside of any sandbox.
 *
 * @param postBuild is run after each build, with {@code DRV_PATH} and {@code OUT_PATHS}
 * @param diff is run with two outputs that differ
 * @param config the settings as lines {@code name = value}, for {@code NIX_CONFIG}
 */
public record Hooks(Optional<String> postBuild, Optional<String> diff, String config) {
  /** No programs. */
  public static final Hooks NONE = new Hooks(Optional.empty(), Optional.empty(), "");
}
