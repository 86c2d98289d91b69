package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.realise.StructuredFiles;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

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
  private final Optional<StructuredFiles> structured;

  /**
   * @param inputs the closure of what the derivation is built from
   * @param folder for the files of attributes that are passed as files
   */
  ShellEnvironment(
      CommandContext context,
      StorePath drvPath,
      Derivation drv,
      SortedSet<StorePath> inputs,
      Path folder,
      DerivationShell.Options options) {
    this.context = context;
    this.drv = drv;
    this.folder = folder;
    this.pure = options.pure();
    this.kept = new TreeSet<>(KEPT);
    this.kept.addAll(options.keep());
    Store store = context.services().store();
    this.structured =
        StructuredFiles.of(store, store.dir().print(drvPath), drv, new Derivations(store), inputs);
  }

  /** What sets the structured attributes that a shell can hold; empty if there are none. */
  String structured() {
    return structured.map(StructuredFiles::shell).orElse("");
  }

  /** All variables. */
  SortedMap<String, String> variables(long cores) throws IOException {
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
    int attributeFiles = 0;
    for (var variable : drv.env().entrySet()) {
      if (asFiles.contains(variable.getKey())) {
        env.put(
            variable.getKey() + "Path", write(".attr-" + attributeFiles++, variable.getValue()));
      } else {
        env.put(variable.getKey(), variable.getValue());
      }
    }
    if (structured.isPresent()) {
      StructuredFiles files = structured.get();
      env.put(StructuredFiles.SHELL_VARIABLE, write(StructuredFiles.SHELL_NAME, files.shell()));
      env.put(StructuredFiles.JSON_VARIABLE, write(StructuredFiles.JSON_NAME, files.json()));
    }
    return env;
  }

  private String write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, Octets.bytes(content));
    return Octets.fromText(file.toString());
  }
}
