package org.buildchain.daemon.nix.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.daemon.command.Program;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.nix.program.SettingFlags;
import org.buildchain.daemon.nix.program.ShellWords;
import org.buildchain.daemon.server.Invocation;
import org.buildchain.store.format.Octets;
import picocli.CommandLine;

/**
 * {@code nix-shell}, which may be the interpreter that a script names: then the options stand in
 * lines {@code #! nix-shell …} after the script's first. Source: Nix manual, "nix-shell".
 */
public final class NixShellProgram implements Program {
  public static final String NAME = "nix-shell";

  private static final Pattern OPTIONS = Pattern.compile("#!\\s*nix-shell\\s+(.*)");

  /** The most lines that are looked through, and the longest, in characters. */
  private static final int MAX_LINES = 100_000;

  private static final int MAX_SIZE = 64 << 20;

  @Override
  public Map<String, Supplier<CommandLine>> lines() {
    return Map.of(NAME, () -> new NixShell().line());
  }

  @Override
  public Choice choose(Invocation invocation) {
    List<String> args = invocation.args();
    Optional<List<String>> inScript = args.isEmpty() ? Optional.empty() : options(invocation);
    if (inScript.isEmpty()) {
      return new Choice(NAME, NAME, SettingFlags.spelledOut(NAME, args));
    }
    List<String> all = new ArrayList<>(SettingFlags.spelledOut(NAME, inScript.get()));
    all.addAll(List.of(NixShell.SCRIPT, args.getFirst()));
    args.stream().skip(1).forEach(a -> all.addAll(List.of(NixShell.SCRIPT_ARGUMENT, a)));
    return new Choice(NAME, NAME, all);
  }

  /** What the script that the first argument names says, if it is one. */
  private static Optional<List<String>> options(Invocation invocation) {
    String path = CanonicalPath.absolute(invocation.args().getFirst(), invocation.cwd());
    Path file = Path.of(Octets.toText(path));
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_SIZE) {
        return Optional.empty();
      }
      try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
        String first = lines.readLine();
        if (first == null || !first.startsWith("#!")) {
          return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        String line = lines.readLine();
        for (int i = 0; line != null && i < MAX_LINES; i++) {
          Matcher m = OPTIONS.matcher(line.stripTrailing());
          if (m.matches()) {
            words.addAll(ShellWords.split(m.group(1)));
          }
          line = lines.readLine();
        }
        return Optional.of(words);
      }
    } catch (IOException e) {
      // No script that could be read: an expression perhaps, whose reading will say why.
      return Optional.empty();
    }
  }
}
