package org.buildchain.daemon.nix.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.evaluation.Evaluation.Input;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;

/**
 * Where {@code nix-env -qa} finds packages: a file, a folder with a {@code default.nix}, or a
 * folder of such ({@code ~/.nix-defexpr}), which makes a set with an attribute for each. Source:
 * {@code loadSourceExpr} in {@code nix-env.cc}.
 */
final class PackageSource {
  /** The most expressions that a folder may hold. */
  private static final int MAX = 1024;

  private final CommandContext context;

  PackageSource(CommandContext context) {
    this.context = context;
  }

  private static Path host(String octets) {
    return Path.of(Octets.toText(octets));
  }

  static boolean exists(String path) {
    return Files.exists(host(path));
  }

  /** What is to be evaluated for the option {@code -f}. */
  Input input(String given, String cwd) throws IOException {
    if (given.length() > 2 && given.startsWith("<") && given.endsWith(">")) {
      return new Input.Imported(new Input.Lookup(given.substring(1, given.length() - 1)));
    }
    if (given.contains("://") || given.startsWith("channel:")) {
      return new Input.Text("import (builtins.fetchTarball \"" + given + "\")", cwd);
    }
    String path = CanonicalPath.absolute(given, cwd);
    Path file = host(path);
    if (!Files.isDirectory(file) || Files.exists(file.resolve("default.nix"))) {
      return new Input.Imported(new Input.File(path));
    }
    SortedMap<String, String> expressions = new TreeMap<>();
    collect(file, expressions);
    return new Input.Folder(expressions);
  }

  private void collect(Path folder, SortedMap<String, String> into) throws IOException {
    List<Path> entries;
    try (Stream<Path> all = Files.list(folder)) {
      entries = all.sorted().toList();
    }
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      // A channel is a profile too, whose manifest is no package.
      if (name.equals("manifest.nix") || !Files.exists(entry)) {
        continue;
      }
      boolean nixFile = Files.isRegularFile(entry) && name.endsWith(".nix");
      if (nixFile || Files.exists(entry.resolve("default.nix"))) {
        String attribute = nixFile ? name.substring(0, name.length() - 4) : name;
        if (into.putIfAbsent(
                Octets.fromText(attribute), Octets.fromText(entry.toRealPath().toString()))
            != null) {
          context
              .messages()
              .warning(
                  "name collision in input Nix expressions, skipping '"
                      + Octets.fromText(entry.toString())
                      + "'");
        }
        if (into.size() == MAX) {
          throw new CommandException(
              "too many Nix expressions in directory '" + Octets.fromText(folder + "'"));
        }
      } else if (Files.isDirectory(entry)) {
        collect(entry, into);
      }
    }
  }
}
