package org.buildchain.daemon.nix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.derivation.Derivation;
import org.buildchain.store.format.Octets;

/** The environment of a derivation's shell. Source: {@code nix-build.cc}. */
final class ShellEnvironment {
  /** What {@code --pure} leaves of the caller's. */
  private static final Set<String> KEPT =
      Set.of(
          "HOME",
          "XDG_RUNTIME_DIR",
          "USER",
          "LOGNAME",
          "DISPLAY",
          "WAYLAND_DISPLAY",
          "WAYLAND_SOCKET",
          "PATH",
          "TERM",
          "IN_NIX_SHELL",
          "NIX_SHELL_PRESERVE_PROMPT",
          "TZ",
          "PAGER",
          "NIX_BUILD_SHELL",
          "SHLVL",
          "http_proxy",
          "https_proxy",
          "ftp_proxy",
          "all_proxy",
          "no_proxy",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "FTP_PROXY",
          "ALL_PROXY",
          "NO_PROXY");

  private final CommandContext context;
  private final Derivation drv;
  private final Path folder;
  private final boolean pure;
  private final Set<String> kept;

  /**
   * @param folder for the files of attributes that are passed as files
   * @param keep what is kept besides of the caller's variables
   */
  ShellEnvironment(
      CommandContext context, Derivation drv, Path folder, boolean pure, List<String> keep) {
    this.context = context;
    this.drv = drv;
    this.folder = folder;
    this.pure = pure;
    this.kept = new TreeSet<>(KEPT);
    this.kept.addAll(keep);
  }

  /** All variables. */
  SortedMap<String, String> variables(long cores) throws IOException {
    if (drv.env().containsKey("__json")) {
      throw new CommandException(
          "'" + drv.name() + "' has structured attributes, which nix-shell of bc cannot pass yet");
    }
    SortedMap<String, String> env = new TreeMap<>(context.caller().invocation().env());
    env.put("IN_NIX_SHELL", pure ? "pure" : "impure");
    if (pure) {
      env.keySet().retainAll(kept);
      // NixOS has /etc/bashrc read /etc/profile otherwise.
      env.put("__ETC_PROFILE_SOURCED", "1");
    }
    String top = Octets.fromText(folder.toString());
    for (String name : List.of("NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP")) {
      env.put(name, top);
    }
    env.put("NIX_STORE", context.services().store().dir().path());
    long used = cores == 0 ? Runtime.getRuntime().availableProcessors() : cores;
    env.put("NIX_BUILD_CORES", Long.toString(used));
    Set<String> asFiles =
        Set.copyOf(
            new TreeSet<>(List.of(drv.env().getOrDefault("passAsFile", "").strip().split("\\s+"))));
    int files = 0;
    for (var variable : drv.env().entrySet()) {
      if (asFiles.contains(variable.getKey())) {
        Path file = folder.resolve(".attr-" + files++);
        Files.write(file, Octets.bytes(variable.getValue()));
        env.put(variable.getKey() + "Path", Octets.fromText(file.toString()));
      } else {
        env.put(variable.getKey(), variable.getValue());
      }
    }
    return env;
  }
}
