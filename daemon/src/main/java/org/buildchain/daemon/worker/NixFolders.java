package org.buildchain.daemon.worker;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a store in the layout of Nix keeps its things. Source: Nix manual, "Common Environment
 * Variables".
 *
 * @param store {@code NIX_STORE_DIR}
 * @param state {@code NIX_STATE_DIR}
 * @param log {@code NIX_LOG_DIR}
 * @param configuration {@code NIX_CONF_DIR}
 * @param socket {@code NIX_DAEMON_SOCKET_PATH}
 */
record NixFolders(Path store, Path state, Path log, Path configuration, Path socket) {
  static NixFolders of(Map<String, String> env) {
    Path local = Path.of(env.getOrDefault("NIX_LOCALSTATE_DIR", "/nix/var"));
    Path state = path(env, "NIX_STATE_DIR", local.resolve("nix"));
    return new NixFolders(
        path(env, "NIX_STORE_DIR", Path.of("/nix/store")),
        state,
        path(env, "NIX_LOG_DIR", local.resolve("log/nix")),
        path(env, "NIX_CONF_DIR", Path.of("/etc/nix")),
        path(env, "NIX_DAEMON_SOCKET_PATH", state.resolve("daemon-socket/socket")));
  }

  private static Path path(Map<String, String> env, String name, Path otherwise) {
    String value = env.getOrDefault(name, "");
    return value.isEmpty() ? otherwise : Path.of(value).toAbsolutePath().normalize();
  }

  /** What is the daemon's own. */
  Path own() {
    return state.resolve("bc");
  }
}
