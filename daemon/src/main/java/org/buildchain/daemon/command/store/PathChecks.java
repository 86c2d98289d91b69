package org.buildchain.daemon.command.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.fetch.CacheClosures;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import picocli.CommandLine.Option;

/**
 * What is checked of paths, and what was found. Source: Nix 2.26 manual, {@code nix store verify}.
 */
final class PathChecks {
  @Option(names = "--no-contents", description = "Do not read what the paths hold.")
  private boolean noContents;

  @Option(
      names = "--no-trust",
      description =
          "Do not ask whether the paths were built here or a trusted key has signed them.")
  private boolean noTrust;

  @Option(
      names = {"-n", "--sigs-needed"},
      paramLabel = "N",
      description = "Want signatures of so many trusted keys, also of what was built here.")
  private int needed;

  @Option(
      names = {"-s", "--substituter"},
      paramLabel = "URL",
      description = "Count the signatures of this binary cache too. May be repeated.")
  private List<String> caches = List.of();

  /**
   * What was found.
   *
   * @param problems for the user
   * @param damaged paths that hold something else than they should
   * @param untrusted whether nobody vouches for one
   * @param failed whether one could not be looked at
   */
  record Found(
      List<String> problems, SortedSet<StorePath> damaged, boolean untrusted, boolean failed) {
    /** Nix's exit status for it. */
    int status() {
      return (damaged.isEmpty() ? 0 : 1) | (untrusted ? 2 : 0) | (failed ? 4 : 0);
    }
  }

  /** Whether one of these is given. */
  boolean given() {
    return noContents || noTrust || needed > 0 || !caches.isEmpty();
  }

  /** Checks paths, and says what is wrong. */
  Found of(CommandContext context, Settings settings, Collection<StorePath> paths)
      throws InterruptedException {
    DiskStore store = context.services().store();
    List<PublicKey> trusted =
        settings.list("trusted-public-keys").stream().map(PublicKey::parse).toList();
    List<String> problems = new ArrayList<>();
    SortedSet<StorePath> damaged = new TreeSet<>();
    boolean untrusted = false;
    boolean failed = false;
    for (StorePath path : paths) {
      String name = store.dir().print(path);
      Optional<PathInfo> info = store.query(path);
      if (info.isEmpty()) {
        problems.add("path '" + name + "' is not valid");
        context.messages().error(problems.getLast());
        failed = true;
        continue;
      }
      context.messages().note("checking '" + name + "'...");
      if (!noContents) {
        store.verify(
            List.of(path),
            (p, problem) -> {
              damaged.add(p);
              problems.add(name + ": " + problem);
              context.messages().error(problems.getLast());
            });
      }
      if (!noTrust && !isTrusted(context, settings, info.get(), trusted)) {
        problems.add("path '" + name + "' is untrusted");
        context.messages().note(problems.getLast());
        untrusted = true;
      }
    }
    return new Found(List.copyOf(problems), damaged, untrusted, failed);
  }

  private boolean isTrusted(
      CommandContext context, Settings settings, PathInfo info, List<PublicKey> trusted)
      throws InterruptedException {
    if (info.contentAddress().isPresent() || (info.ultimate() && needed == 0)) {
      return true;
    }
    byte[] content =
        new Fingerprint(
                context.services().store().dir(),
                info.path(),
                info.narHash(),
                info.narSize(),
                info.references())
            .bytes();
    Set<String> signatures = new HashSet<>(info.signatures());
    for (String url : caches) {
      signatures.addAll(signatures(context, settings, url, info.path()));
    }
    return trusted.stream()
            .filter(k -> signatures.stream().anyMatch(s -> k.verifies(s, content)))
            .map(PublicKey::base64)
            .distinct()
            .count()
        >= Math.max(1, needed);
  }

  /** What a binary cache shows of a path; what can't be had is said. */
  static Set<String> signatures(
      CommandContext context, Settings settings, String url, StorePath path)
      throws InterruptedException {
    try {
      CacheClosures cache = context.services().closures(url, settings);
      return cache
          .stated(path, context.messages()::note)
          .map(ForeignObject::signatures)
          .map(Set::<String>copyOf)
          .orElse(Set.of());
    } catch (IOException | FormatException e) {
      context.messages().error(e.getMessage());
      return Set.of();
    }
  }
}
