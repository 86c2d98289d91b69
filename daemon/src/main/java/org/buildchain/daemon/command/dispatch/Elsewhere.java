package org.buildchain.daemon.command.dispatch;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Commands of Nix that bc has under another name, or has not. */
final class Elsewhere {
  private static final String PROFILES =
      "there are no profiles here: 'bc build -o NAME' leaves a link to what it has built, and"
          + " 'bc shell' finds the programs of packages";

  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("profile", PROFILES),
          Map.entry("upgrade-nix", "bc is updated by its checkout: 'git pull', and the next call"),
          Map.entry(
              "registry",
              "flake registries are files here: ~/.config/nix/registry.json and"
                  + " /etc/nix/registry.json; 'bc flake metadata NAME' says what a name leads to"),
          Map.entry("bundle", "a bundler is a function of a flake: 'bc build --expr' calls it"),
          Map.entry("realisation", "'bc path-info' says what is known of a path"),
          Map.entry("add-to-store", "that is 'bc store add'"),
          Map.entry("verify", "that is 'bc store verify'"),
          Map.entry("ping-store", "that is 'bc store info'"),
          Map.entry("optimise-store", "equal blocks are stored once here: there is nothing to do"),
          Map.entry("store optimise", "equal blocks are stored once here: there is nothing to do"),
          Map.entry("store copy-sigs", "signatures come along with 'bc copy --from'"),
          Map.entry("store copy-log", "logs are served by 'bc serve'"),
          Map.entry("flake archive", "'bc copy --to URL FLAKE#...' copies what is built"),
          Map.entry("flake clone", "'git clone' does"));

  /** Other names of the same. */
  private static final Map<String, List<String>> SAME =
      Map.of(
          "show-config", List.of("config"),
          "config show", List.of("config"),
          "env shell", List.of("shell"),
          "flake info", List.of("flake", "metadata"),
          "store ping", List.of("store", "info"),
          "key generate-secret", List.of("key", "generate"),
          "key convert-secret-to-public", List.of("key", "convert-secret"),
          "store add-path", List.of("store", "add"),
          "store add-file", List.of("store", "add", "--mode", "flat"));

  private Elsewhere() {}

  /** A command line in bc's words. */
  static List<String> renamed(List<String> args) {
    for (int words = Math.min(2, args.size()); words > 0; words--) {
      List<String> same = SAME.get(String.join(" ", args.subList(0, words)));
      if (same != null) {
        return Stream.concat(same.stream(), args.stream().skip(words)).toList();
      }
    }
    return args;
  }

  /** What to do in place of a command that bc does not have; empty if it is none of Nix's. */
  static String of(List<String> args) {
    String one = args.isEmpty() ? "" : args.getFirst();
    String two = args.size() < 2 ? "" : one + " " + args.get(1);
    return INSTEAD.getOrDefault(two, INSTEAD.getOrDefault(one, ""));
  }
}
