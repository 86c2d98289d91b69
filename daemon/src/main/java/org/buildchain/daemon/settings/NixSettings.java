package org.buildchain.daemon.settings;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Nix 2.26 knows of settings and bc does not have: scripts name these, and must not fail.
 * Source: {@code nix config show --json}.
 */
public final class NixSettings {
  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("binary-caches", "substituters"),
          Map.entry("binary-cache-public-keys", "trusted-public-keys"),
          Map.entry("build-chroot-dirs", "sandbox-paths"),
          Map.entry("build-cores", "cores"),
          Map.entry("build-fallback", "fallback"),
          Map.entry("build-max-jobs", "max-jobs"),
          Map.entry("build-max-log-size", "max-build-log-size"),
          Map.entry("build-max-silent-time", "max-silent-time"),
          Map.entry("build-sandbox-paths", "sandbox-paths"),
          Map.entry("build-timeout", "timeout"),
          Map.entry("build-use-chroot", "sandbox"),
          Map.entry("build-use-sandbox", "sandbox"),
          Map.entry("build-use-substitutes", "substitute"),
          Map.entry("commit-lockfile-summary", "commit-lock-file-summary"),
          Map.entry("gc-keep-derivations", "keep-derivations"),
          Map.entry("gc-keep-outputs", "keep-outputs"),
          Map.entry("trusted-binary-caches", "trusted-substituters"));

  private static final Set<String> FLAGS =
      words(
          """
          allow-dirty allow-dirty-locks allow-new-privileges
          allow-symlinked-store allow-unsafe-native-code-during-evaluation
          always-allow-substitutes auto-allocate-uids auto-optimise-store
          compress-build-log debugger-on-trace debugger-on-warn
          eval-cache fallback filter-syscalls fsync-metadata fsync-store-paths http2 ignore-try
          impersonate-linux-26 keep-build-log keep-env-derivations keep-outputs
          nix-shell-always-looks-for-shell-nix
          nix-shell-shebang-arguments-relative-to-script preallocate-contents print-missing
          require-drop-supplementary-groups run-diff-hook sandbox-fallback
          sync-before-registering trace-function-calls trust-tarballs-from-git-forges
          use-case-hack use-cgroups use-sqlite-wal use-xdg-base-directories
          warn-dirty
          """);

  private static final Set<String> VALUES =
      words(
          """
          bash-prompt bash-prompt-prefix bash-prompt-suffix build-dir
          build-hook build-poll-interval build-users-group
          diff-hook download-attempts download-buffer-size download-speed extra-platforms
          gc-reserved-space hashed-mirrors http-connections id-count ignored-acls
          max-build-log-size max-substitution-jobs min-free-check-interval
          nar-buffer-size plugin-files post-build-hook pre-build-hook
          sandbox-build-dir sandbox-dev-shm-size sandbox-paths ssl-cert-file start-id substitute
          substituters system-features trusted-public-keys trusted-substituters
          upgrade-nix-store-path-url user-agent-suffix warn-large-path-threshold
          """);

  private NixSettings() {}

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  /** What bc has and Nix has not. */
  private static final Set<String> OWN =
      words(
          """
          accept anvil build-cpu-max build-disk-max build-memory-max build-pids-max
          daemon-idle-timeout eval-answers-size eval-cache-size eval-cores eval-memory-limit
          gateways lint-absolute-path-literals lint-short-path-literals lint-url-literals
          mount-route nix-socket required-signatures verified-depth verified-validators
          """);

  /** The settings as Nix's programs understand them, in lines {@code name = value}. */
  public static String text(Settings settings) {
    return settings
        .toText()
        .lines()
        .filter(line -> !OWN.contains(line.substring(0, line.indexOf(" = "))))
        // Whoever reads this runs outside of the daemon.
        .filter(line -> !line.startsWith("access-tokens = "))
        // In Nix it is true or false; and to be named the other needs a feature.
        .filter(line -> !line.equals("use-cgroups = auto") && !line.equals("impure-env = "))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** The name that a setting has today. */
  public static String current(String name) {
    boolean append = name.startsWith("extra-");
    String plain = append ? name.substring("extra-".length()) : name;
    String now = ALIASES.getOrDefault(plain, plain);
    return append ? "extra-" + now : now;
  }

  /** Whether Nix has it and bc has not. */
  public static boolean isForeign(String name) {
    String plain = name.startsWith("extra-") ? name.substring("extra-".length()) : name;
    return !Settings.exists(name)
        && !Settings.exists(plain)
        && (FLAGS.contains(name) || VALUES.contains(name) || VALUES.contains(plain));
  }

  /** Whether it is true or false. */
  public static boolean isFlag(String name) {
    return Settings.exists(name) ? Settings.isFlag(name) : FLAGS.contains(name);
  }

  /** Whether it is given a text: a word, a number, a list. */
  public static boolean takesValue(String name) {
    String plain = name.startsWith("extra-") ? name.substring("extra-".length()) : name;
    return Settings.exists(plain)
        ? !Settings.isFlag(plain)
        : VALUES.contains(plain) || VALUES.contains(name);
  }
}
