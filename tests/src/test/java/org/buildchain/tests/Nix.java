package org.buildchain.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The machine's Nix, the measure of everything. It builds into its own /nix/store. */
public final class Nix {
  /** What the derivations of the tests need of the host. */
  public static final String HOST_PATHS = "/bin /etc/alternatives /lib /lib64 /usr";

  private static final List<String> OPTIONS =
      List.of(
          "--option",
          "substitute",
          "false",
          "--option",
          "sandbox",
          "true",
          "--option",
          "experimental-features",
          "ca-derivations",
          "--option",
          "allowed-impure-host-deps",
          HOST_PATHS,
          // Its package makes no users to build as, and as root it wants some unless told.
          "--option",
          "build-users-group",
          "");

  private Nix() {}

  /** Runs one of Nix's programs in a folder, with the options that the tests need. */
  public static Command.Result run(Path folder, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(OPTIONS);
    command.addAll(Arrays.asList(arguments));
    return Command.run(folder, Map.of(), command);
  }

  /** The valid paths of these outputs ({@code drv!output}), built where they are missing. */
  static List<String> realise(Path folder, List<String> outputs) {
    List<String> arguments = new ArrayList<>(List.of("--realise"));
    arguments.addAll(outputs);
    return run(folder, "nix-store", arguments.toArray(String[]::new)).orFail().lines().toList();
  }

  /** What Nix's database says of valid paths. */
  static Map<String, PathFacts> query(Path folder, List<String> paths) {
    List<String> arguments = new ArrayList<>(List.of("--dump-db"));
    arguments.addAll(paths);
    List<String> lines =
        run(folder, "nix-store", arguments.toArray(String[]::new)).orFail().lines().toList();
    // For each path: path, base-16 SHA-256 of the NAR, its size, deriver, number of references, and
    // the references.
    Map<String, PathFacts> facts = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); ) {
      int references = Integer.parseInt(lines.get(i + 4));
      facts.put(
          lines.get(i),
          new PathFacts(
              "sha256:" + lines.get(i + 1),
              Long.parseLong(lines.get(i + 2)),
              new TreeSet<>(lines.subList(i + 5, i + 5 + references))));
      i += 5 + references;
    }
    return facts;
  }
}
