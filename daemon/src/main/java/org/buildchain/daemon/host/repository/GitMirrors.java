package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.language.fetch.Input;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * Bare copies of repositories, one for each URL, with what was fetched from there. What a branch
 * was is believed for a time.
 */
public final class GitMirrors {
  private static final String KEPT_HEAD = "refs/bc/HEAD";
  private static final String NONE = "__none";

  private final Path folder;
  private final Function<Path, Git> programs;
  private final RepositoryLocks locks;
  private final long timeToLive;
  private final long now;
  private final Consumer<String> warnings;

  /**
   * @param folder where they are kept
   * @param programs git in a folder
   * @param timeToLive seconds
   * @param now seconds since 1970
   * @param warnings gets what the user should know
   */
  public GitMirrors(
      Path folder,
      Function<Path, Git> programs,
      RepositoryLocks locks,
      long timeToLive,
      long now,
      Consumer<String> warnings) {
    this.folder = folder;
    this.programs = programs;
    this.locks = locks;
    this.timeToLive = timeToLive;
    this.now = now;
    this.warnings = warnings;
  }

  /** What a branch, a tag or the remote's HEAD is called in such a repository. */
  static String kept(String ref) {
    return ref.equals("HEAD") ? KEPT_HEAD : ref.startsWith("refs/") ? ref : "refs/heads/" + ref;
  }

  private interface Use<T> {
    T of(Git git) throws IOException;
  }

  /** Uses the repository kept for a URL, which is made if need be, alone. */
  private <T> T using(String url, Input in, Use<T> use) throws IOException {
    String key = Hash.of(HashAlgorithm.SHA256, Octets.bytes(url)).encode(Hash.Format.NIX32);
    Path repository = folder.resolve(key + (in.flag("shallow") ? "-shallow" : ""));
    Lock lock = locks.of(repository);
    lock.lock();
    try {
      Git git = programs.apply(repository);
      if (!Files.exists(repository.resolve("HEAD"))) {
        Files.createDirectories(repository);
        git.text("-c", "init.defaultBranch=" + NONE, "init", "--quiet", "--bare");
        git.text("remote", "add", "origin", url);
      }
      return use.of(git);
    } finally {
      lock.unlock();
    }
  }

  /** The repository kept for a URL, which holds what {@code in} asks for. */
  Git at(String url, Input in) throws IOException {
    return using(
        url,
        in,
        git -> {
          update(git, url, in, in.flag("shallow"));
          return git;
        });
  }

  /**
   * The branch that a remote repository's HEAD is at; {@code HEAD} itself if that is no branch, and
   * {@code master} if the repository does not say.
   */
  String head(String url, Input in) throws IOException {
    return using(url, in, git -> head(git, url));
  }

  private String head(Git git, String url) throws IOException {
    Optional<String> kept = git.line("symbolic-ref", "HEAD").filter(h -> !h.endsWith(NONE));
    Path stamp = stamp(git, "HEAD branch");
    if (kept.isPresent() && isFresh(stamp)) {
      return kept.get();
    }
    String told = git.line("ls-remote", "--symref", "--", url, "HEAD").orElse("");
    if (told.startsWith("ref: ") && told.indexOf('\t') > 0) {
      String branch = told.substring("ref: ".length(), told.indexOf('\t'));
      git.text("symbolic-ref", "HEAD", branch);
      mark(stamp);
      return branch;
    }
    if (told.endsWith("\tHEAD")) {
      return "HEAD";
    }
    if (kept.isPresent()) {
      warnings.accept(
          "could not get HEAD ref for repository '"
              + url
              + "'; using expired cached ref '"
              + kept.get()
              + "'");
      return kept.get();
    }
    warnings.accept("could not read HEAD ref from repo at '" + url + "', using 'master'");
    return "master";
  }

  private static Path stamp(Git git, String of) {
    Hash digest = Hash.of(HashAlgorithm.SHA256, Octets.bytes(of));
    return git.repository().resolve("bc-" + digest.encode(Hash.Format.NIX32));
  }

  private void mark(Path stamp) throws IOException {
    Files.write(stamp, new byte[0]);
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.ofEpochSecond(now)));
  }

  private void update(Git git, String url, Input in, boolean shallow) throws IOException {
    Optional<String> rev = in.rev();
    if (rev.isPresent() && git.line("cat-file", "-t", rev.get()).isPresent()) {
      return;
    }
    String ref = in.ref().orElse("HEAD");
    Path stamp = stamp(git, kept(ref));
    if (rev.isEmpty() && !in.flag("allRefs") && isFresh(stamp)) {
      return;
    }
    String named = (ref.equals("HEAD") ? ref : kept(ref)) + ":" + kept(ref);
    try {
      fetch(git, url, in, shallow, rev.orElse(named));
    } catch (IOException e) {
      failed(git, url, in, named, e);
      if (rev.isEmpty()) {
        return;
      }
    }
    if (rev.isEmpty()) {
      mark(stamp);
    } else if (git.line("cat-file", "-t", rev.get()).isEmpty()) {
      throw new IOException(
          "Cannot find Git revision '"
              + rev.get()
              + "' in ref '"
              + (in.ref().isPresent() ? ref : head(git, url))
              + "' of repository '"
              + url
              + "'! Please make sure that the rev exists on the ref you've specified or add"
              + " allRefs = true; to fetchGit.");
    }
  }

  /** Tries another way, and says why there is none; what is not there then is the caller's. */
  private void failed(Git git, String url, Input in, String named, IOException why)
      throws IOException {
    String ref = in.ref().orElse("HEAD");
    if (in.rev().isEmpty()) {
      boolean known = git.line("rev-parse", "--verify", "--quiet", kept(ref)).isPresent();
      String then =
          "\ncould not update local clone of Git repository '"
              + url
              + "'; continuing with the most recent version";
      warnings.accept(why.getMessage() + (known ? then : ""));
      return;
    }
    try {
      // Not every server hands out a commit by its digest alone.
      fetch(git, url, in, false, named);
    } catch (IOException e) {
      warnings.accept(e.getMessage());
    }
  }

  private static void fetch(Git git, String url, Input in, boolean shallow, String spec)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("fetch", "--quiet", "--force"));
    if (shallow) {
      command.addAll(List.of("--depth", "1"));
    }
    command.addAll(List.of("--", url));
    if (in.flag("allRefs")) {
      command.add("refs/*:refs/*");
    }
    if (!in.flag("allRefs") || spec.startsWith("HEAD:")) {
      command.add(spec);
    }
    git.text(command.toArray(new String[0]));
  }

  private boolean isFresh(Path stamp) throws IOException {
    // In the future is what a clock said that was ahead.
    return Files.exists(stamp)
        && Math.abs(now - Files.getLastModifiedTime(stamp).toInstant().getEpochSecond())
            < timeToLive;
  }
}
