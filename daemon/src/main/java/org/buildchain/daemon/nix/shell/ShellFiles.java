package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.daemon.nix.program.ShellWords;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;

/**
 * The folder of one shell, which the shell removes when it ends, and the script that sets the shell
 * up: what stdenv's {@code setup} does, then the caller's PATH behind it, a prompt that says where
 * one is, the derivation's {@code shellHook}, and the command to run if any.
 */
final class ShellFiles {
  private static final Pattern PART = Pattern.compile("@([a-z]+)@");

  private static final String SCRIPT =
      """
      _bc_remove_folder() { command rm -rf @folder@; }
      trap _bc_remove_folder EXIT
      exitHooks+=(_bc_remove_folder)
      failureHooks+=(_bc_remove_folder)
      @before@
      unset PATH
      dontAddDisableDepTrack=1
      @structured@
      if [ -e "$stdenv/setup" ]; then source "$stdenv/setup"; fi
      @path@
      PATH=@programs@:"$PATH"
      SHELL=@shell@
      BASH=@shell@
      set +e
      if [ -n "$PS1" ] && [ -z "$NIX_SHELL_PRESERVE_PROMPT" ]; then
        PS1='\\n\\[\\033[1;@colour@m\\][nix-shell:\\w]\\$\\[\\033[0m\\] '
      fi
      if [ "$(type -t runHook)" = function ]; then runHook shellHook; fi
      unset NIX_ENFORCE_PURITY
      shopt -u nullglob
      unset TZ
      @zone@
      shopt -s execfail
      """;

  private static final String BEFORE =
      """
      if [ -n "$PS1" ] && [ -e ~/.bashrc ]; then source ~/.bashrc; fi
      p=$PATH\
      """;

  private final Path folder;
  private final String shell;
  private final boolean pure;
  private final Invocation invocation;

  /**
   * @param shell the program that reads the script
   */
  ShellFiles(Path folder, String shell, boolean pure, Invocation invocation) {
    this.folder = folder;
    this.shell = shell;
    this.pure = pure;
    this.invocation = invocation;
  }

  /** A new folder that nobody else can enter. */
  static Path make(Invocation invocation) throws IOException {
    String parent = invocation.env().getOrDefault("TMPDIR", "/tmp");
    return Files.createTempDirectory(
        Path.of(Octets.toText(parent)),
        "nix-shell-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  static void remove(Path folder) throws IOException {
    Posix.removeTree(folder.toString());
  }

  /**
   * Writes the script.
   *
   * @param structured what sets structured attributes; may be empty
   * @param command what it ends with; may be empty
   * @return its path
   */
  String script(String structured, String command) throws IOException {
    return write(folder, text(structured, command));
  }

  /** Writes a script into a folder, and gives its path. */
  static String write(Path folder, String script) throws IOException {
    Path file = folder.resolve("rc");
    Files.write(file, Octets.bytes(script));
    return Octets.fromText(file.toString());
  }

  /** A folder as a shell reads it. */
  static String quoted(Path folder) {
    return ShellWords.quoted(Octets.fromText(folder.toString()));
  }

  private String text(String structured, String command) {
    String programs = shell.contains("/") ? shell.substring(0, shell.lastIndexOf('/')) : ".";
    String zone = invocation.env().get("TZ");
    Map<String, String> parts =
        Map.of(
            "folder",
            quoted(folder),
            "before",
            pure ? "" : BEFORE,
            "structured",
            structured,
            "path",
            pure ? "" : "PATH=$PATH:$p; unset p",
            "programs",
            ShellWords.quoted(programs),
            "shell",
            ShellWords.quoted(shell),
            "colour",
            System.getProperty("user.name").equals("root") ? "31" : "32",
            "zone",
            zone == null ? "" : "export TZ=" + ShellWords.quoted(zone));
    return PART.matcher(SCRIPT)
            .replaceAll(part -> Matcher.quoteReplacement(parts.get(part.group(1))))
        + command
        + "\n";
  }
}
