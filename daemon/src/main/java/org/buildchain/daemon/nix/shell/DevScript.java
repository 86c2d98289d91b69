package org.buildchain.daemon.nix.shell;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.buildchain.daemon.nix.program.ShellWords;

/**
 * The bash script that takes a shell into an environment. Source: Nix 2.26 manual, {@code nix
 * print-dev-env}.
 */
final class DevScript {
  /** What stays as the shell has it. */
  private static final Set<String> KEPT =
      Set.of(
          "BASHOPTS",
          "HOME",
          "NIX_BUILD_TOP",
          "NIX_ENFORCE_PURITY",
          "NIX_LOG_FD",
          "NIX_REMOTE",
          "PPID",
          "SHELLOPTS",
          "SSL_CERT_FILE",
          "TEMP",
          "TEMPDIR",
          "TERM",
          "TMP",
          "TMPDIR",
          "TZ",
          "UID");

  /** Where what the shell has stays behind what comes. */
  private static final List<String> JOINED = List.of("PATH", "XDG_DATA_DIRS");

  private DevScript() {}

  /**
   * The script.
   *
   * @param moved what is replaced in it: paths of outputs by those of folders, say
   */
  static String of(DevEnvironment environment, SortedMap<String, String> moved) {
    StringBuilder out = new StringBuilder("unset shellHook\n");
    for (String name : JOINED) {
      out.append(name + "=${" + name + ":-}\n");
      out.append("nix_saved_" + name + "=\"$" + name + "\"\n");
    }
    environment.variables().forEach((name, value) -> set(out, name, value));
    environment.functions().forEach((name, body) -> out.append(name + " ()\n{\n" + body + "}\n"));
    for (String name : JOINED) {
      String saved = "nix_saved_" + name;
      out.append(name + "=\"$" + name + "${" + saved + ":+:$" + saved + "}\"\n");
    }
    out.append("export NIX_BUILD_TOP=\"$(mktemp -d -t nix-shell.XXXXXX)\"\n");
    for (String name : List.of("TMP", "TMPDIR", "TEMP", "TEMPDIR")) {
      out.append("export " + name + "=\"$NIX_BUILD_TOP\"\n");
    }
    out.append("eval \"${shellHook:-}\"\n");
    String script = out.toString();
    for (Map.Entry<String, String> e : moved.entrySet()) {
      script = script.replace(e.getKey(), e.getValue());
    }
    return script;
  }

  private static void set(StringBuilder out, String name, DevEnvironment.Variable variable) {
    if (KEPT.contains(name)) {
      return;
    }
    switch (variable) {
      case DevEnvironment.Variable.Text(boolean exported, String value) -> {
        out.append(name + "=" + ShellWords.quoted(value) + "\n");
        out.append(exported ? "export " + name + "\n" : "");
      }
      case DevEnvironment.Variable.Items(List<String> values) -> {
        out.append("declare -a " + name + "=(");
        values.forEach(v -> out.append(ShellWords.quoted(v) + " "));
        out.append(")\n");
      }
      case DevEnvironment.Variable.Pairs(SortedMap<String, String> values) -> {
        out.append("declare -A " + name + "=(");
        values.forEach(
            (k, v) -> out.append("[" + ShellWords.quoted(k) + "]=" + ShellWords.quoted(v) + " "));
        out.append(")\n");
      }
    }
  }
}
