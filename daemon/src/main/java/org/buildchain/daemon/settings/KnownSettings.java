package org.buildchain.daemon.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The settings that there are. */
final class KnownSettings {
  /** All of them, by name. */
  static final List<Setting> ALL =
      Stream.of(language(), builds(), store())
          .flatMap(List::stream)
          .sorted((a, b) -> a.name().compareTo(b.name()))
          .toList();

  private KnownSettings() {}

  private static List<Setting> language() {
    return List.of(
        new Setting("abort-on-warn", "false", "Let builtins.warn end the evaluation."),
        new Setting(
            "accept-flake-config",
            "false",
            "Take over the settings that a flake wants ('nixConfig') where it is built."),
        new Setting(
            "access-tokens",
            "",
            "What forges are shown, 'host=token' for each host; of GitLab 'host=PAT:token' or"
                + " 'host=OAuth2:token'.",
            true),
        new Setting(
            "allow-import-from-derivation",
            "true",
            "Build what an expression reads while it runs."),
        new Setting(
            "allowed-uris", "", "Prefixes of what restricted and pure evaluations may fetch."),
        new Setting(
            "commit-lock-file-summary",
            "",
            "The first line of the messages of '--commit-lock-file'; empty: one is chosen."),
        new Setting(
            "eval-answers-size",
            "67108864",
            "Bytes of the disk up to which answers of evaluations are kept for the daemon's next"
                + " start; 0: none."),
        new Setting(
            "eval-cache-size",
            "auto",
            "Bytes of the daemon's memory up to which it keeps what it has evaluated; 'auto': half"
                + " of the most that it may have, 2 GiB at most."),
        new Setting(
            "eval-cores",
            "0",
            "How many threads evaluate for one command; 0: one for each core where there are four"
                + " or more, else one."),
        new Setting(
            "eval-memory-limit",
            "0",
            "Bytes that one evaluation may hold; 0: what the daemon's heap has room for."),
        new Setting("eval-system", "", "The value of builtins.currentSystem; by default 'system'."),
        new Setting("experimental-features", "", "Parts of the language that Nix calls so."),
        new Setting(
            "flake-registry",
            "https://channels.nixos.org/flake-registry.json",
            "A file or URL with names of flakes, for those that neither the user's nor the"
                + " machine's registry has; empty: none."),
        new Setting(
            "lint-absolute-path-literals", "ignore", "'warn' or 'error' where one is written."),
        new Setting(
            "lint-short-path-literals", "ignore", "'warn' or 'error' where one is written."),
        new Setting("lint-url-literals", "ignore", "'warn' or 'error' where one is written."),
        new Setting("max-call-depth", "10000", "How deeply functions may call each other."),
        new Setting("nix-path", "", "Where <name> is looked for after -I and NIX_PATH."),
        new Setting("pure-eval", "false", "Let expressions read only what is named by a hash."),
        new Setting(
            "restrict-eval",
            "false",
            "Let expressions read only the search path and what 'allowed-uris' admits."),
        new Setting("show-trace", "false", "Show the whole trace of an error."),
        new Setting(
            "system",
            "x86_64-linux",
            "What this machine builds for, as builders and expressions know it."),
        new Setting("trace-verbose", "false", "Print what builtins.traceVerbose is given."),
        new Setting("use-registries", "true", "Look names of flakes up in registries."));
  }

  private static List<Setting> builds() {
    return List.of(
        new Setting(
            "allowed-impure-host-deps",
            "/bin /sbin /usr /lib /lib64 /lib32 /etc/alternatives",
            "Files and folders of the machine that derivations may ask for by __impureHostDeps."),
        new Setting(
            "build-cpu-max",
            "0",
            "How many processors' time a build may take, as '2' or '0.5'; 0: all. Takes control"
                + " groups."),
        new Setting(
            "build-disk-max",
            "auto",
            "Bytes that the folders of a build may hold; 0: no limit; 'auto': nine tenths of what"
                + " is free on the store's disk when it begins."),
        new Setting(
            "build-memory-max",
            "auto",
            "Bytes of memory that a build may take; 0: no limit; 'auto': nine tenths of the"
                + " machine's. Without control groups a number bounds each process by itself."),
        new Setting(
            "build-pids-max",
            "auto",
            "How many processes and threads a build may have; 0: no limit; 'auto': half of what the"
                + " machine may have, 16384 at most."),
        new Setting(
            "builders",
            "@/etc/nix/machines",
            "Machines that build in place of this one, lines of nix.conf's form with ';' between"
                + " them; '@file' stands for a file's lines."),
        new Setting(
            "builders-use-substitutes",
            "false",
            "Let remote builders fetch inputs from their own substituters where they can."),
        new Setting("cores", "0", "What builders find in NIX_BUILD_CORES; 0: all cores."),
        new Setting(
            "diff-hook",
            "",
            "A program that is run, with 'run-diff-hook', where an output differs from the one it"
                + " is checked against: with both, the derivation and the build folder."),
        new Setting(
            "extra-platforms", "i686-linux", "What this machine builds for besides 'system'."),
        new Setting(
            "fallback",
            "false",
            "Build what a substituter has offered and failed to deliver; otherwise that is an"
                + " error."),
        new Setting(
            "hashed-mirrors",
            "",
            "URLs below which builtin:fetchurl finds files as {algorithm}/{hash in base 16}."),
        new Setting(
            "keep-failed",
            "false",
            "Keep the build folder of a failed build, and an output that differs from the one it"
                + " is checked against."),
        new Setting(
            "keep-going", "false", "After a failure go on with what does not depend on it."),
        new Setting("log-lines", "25", "How many last lines of a failed build's log are shown."),
        new Setting("max-build-log-size", "0", "Bytes after which a log ends its build; 0: none."),
        new Setting("max-jobs", "auto", "How many builds run at once; 'auto': as many as cores."),
        new Setting("max-silent-time", "0", "Seconds without output that end a build; 0: none."),
        new Setting(
            "post-build-hook",
            "",
            "A program that is run after each build, with DRV_PATH and OUT_PATHS; outside of the"
                + " sandbox, with the daemon's rights."),
        new Setting("run-diff-hook", "false", "Run 'diff-hook'."),
        new Setting("sandbox", "true", "Builds are always sandboxed; 'false' is refused."),
        new Setting(
            "sandbox-dev-shm-size",
            "50%",
            "The size of /dev/shm in the sandbox: a number with k, m, g or % of the memory."),
        new Setting("sandbox-paths", "", "Files and folders of the machine that every build sees."),
        new Setting(
            "system-features", features(), "What 'requiredSystemFeatures' of a build may ask for."),
        new Setting("timeout", "0", "Seconds that end a build; 0: none."),
        new Setting(
            "use-cgroups",
            "auto",
            "Bound each build by control groups: 'auto' where the daemon may make them, 'true' or"
                + " no build, 'false'."));
  }

  /** Source: {@code StoreConfig::getDefaultSystemFeatures} of Nix 2.26. */
  private static String features() {
    String all = "benchmark big-parallel nixos-test";
    return Files.isReadable(Path.of("/dev/kvm")) && Files.isWritable(Path.of("/dev/kvm"))
        ? all + " kvm"
        : all;
  }

  private static List<Setting> store() {
    return List.of(
        new Setting(
            "accept",
            "signatures",
            "What makes an output that was built elsewhere good enough: 'signatures' (by"
                + " 'trusted-public-keys'), 'verified' (the chain in use calls it valid), or"
                + " both words: either."),
        new Setting("anvil", "", "The program of 'bc chain devnet'; by default that on the PATH."),
        new Setting(
            "claim-blocks-max",
            "4294967296",
            "Bytes of what is kept for claims besides the store: outputs that were rebuilt"
                + " otherwise, and evidence. Beyond, what was used longest ago goes."),
        new Setting(
            "gateways",
            "",
            "Where blocks are fetched by CID: URLs of 'bc serve' or of any IPFS gateway."),
        new Setting("connect-timeout", "15", "Seconds that a connection may take to be made."),
        new Setting(
            "allowed-users",
            "auto",
            "Who may speak Nix's protocol with the daemon: names, @groups, '*'; 'auto': with root's"
                + " daemon everybody, else its own user."),
        new Setting(
            "keep-derivations",
            "true",
            "When Nix's clients collect garbage, keep the derivations of what lives."),
        new Setting(
            "nix-socket",
            "nix/var/nix/daemon-socket/socket",
            "Where the daemon speaks Nix's protocol, below the store's root; empty: nowhere."),
        new Setting(
            "trusted-users",
            "root",
            "Who may, speaking Nix's protocol, do what the daemon's own user may: names, @groups,"
                + " '*'."),
        new Setting(
            "daemon-idle-timeout", "0", "Seconds without a command that end the daemon; 0: none."),
        new Setting(
            "daemon-warm-up",
            "true",
            "Have a daemon that was just started evaluate something while it has nothing to do, so"
                + " that the first evaluation finds compiled code."),
        new Setting(
            "max-free", "0", "Bytes free on the store's disk at which the collector stops."),
        new Setting(
            "min-free",
            "0",
            "Bytes free on the store's disk below which the collector starts; 0: it does not."),
        new Setting("mount-route", "auto", "How the store is mounted: auto, direct or jnr-fuse."),
        new Setting(
            "lazy-fill-delay",
            "5",
            "Seconds for which nobody must have waited for blocks of a path that was taken lazily"
                + " before the rest is fetched; read when the daemon starts."),
        new Setting(
            "lazy-substitutes",
            "false",
            "Take no more of a path than what describes it, where a key that is trusted vouches for"
                + " its blocks and the substituter serves them (bc serve): they come when they are"
                + " read."),
        new Setting(
            "impure-env",
            "",
            "Variables 'name=value' for builds of fixed outputs that name them in"
                + " 'impureEnvVars'."),
        new Setting("secret-key-files", "", "Files of the keys that sign what is served."),
        new Setting(
            "narinfo-cache-negative-ttl",
            "3600",
            "Seconds for which a substituter is not asked again for what it did not have."),
        new Setting(
            "narinfo-cache-positive-ttl",
            "2592000",
            "Seconds for which a substituter is not asked again for what it had."),
        new Setting(
            "netrc-file",
            "",
            "A file with names and passwords for substituters, as curl reads it."),
        new Setting(
            "require-sigs",
            "true",
            "Take from substituters only what is signed by one of 'trusted-public-keys', or is"
                + " content-addressed."),
        new Setting(
            "required-signatures",
            "1",
            "How many of 'trusted-public-keys' must vouch for the same content of a path, in one"
                + " substituter or several."),
        new Setting(
            "stalled-download-timeout",
            "300",
            "Seconds for which a substituter may send nothing before the next one is tried."),
        new Setting("substitute", "true", "Fetch from 'substituters' what they have built."),
        new Setting(
            "substituters",
            "",
            "Binary caches that are asked before anything is built: http://, https://, s3:// and"
                + " file:// URLs."),
        new Setting(
            "trusted-public-keys",
            "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            "Keys whose signatures are believed."),
        new Setting(
            "verified-depth",
            "12",
            "Blocks that must follow the one in which the chain called an output valid."),
        new Setting(
            "verified-validators", "1", "How many must have rebuilt what the chain calls valid."),
        new Setting("tarball-ttl", "3600", "Seconds for which a download is not asked for again."));
  }
}
