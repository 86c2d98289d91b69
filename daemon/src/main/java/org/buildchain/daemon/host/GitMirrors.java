package org.buildchain.daemon.host;

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
final class GitMirrors {
  private static final String KEPT_HEAD = "refs/bc/HEAD";

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
  GitMirrors(
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

  /** The repository kept for a URL, which holds what {@code in} asks for. */
  Git at(String url, Input in) throws IOException {
    boolean shallow = in.flag("shallow");
    String key = Hash.of(HashAlgorithm.SHA256, Octets.bytes(url)).encode(Hash.Format.NIX32);
    Path repository = folder.resolve(key + (shallow ? "-shallow" : ""));
    Lock lock = locks.of(repository);
    lock.lock();
    try {
      Git git = programs.apply(repository);
      if (!Files.exists(repository.resolve("HEAD"))) {
        Files.createDirectories(repository);
        git.text("-c", "init.defaultBranch=__none", "init", "--quiet", "--bare");
        git.text("remote", "add", "origin", url);
      }
      update(git, url, in, shallow);
      return git;
    } finally {
      lock.unlock();
    }
  }

  private void update(Git git, String url, Input in, boolean shallow) throws IOException {
    Optional<String> rev = in.rev();
    if (rev.isPresent() && git.line("cat-file", "-t", rev.get()).isPresent()) {
      return;
    }
    String ref = in.ref().orElse("HEAD");
    Hash digest = Hash.of(HashAlgorithm.SHA256, Octets.bytes(kept(ref)));
    Path stamp = git.repository().resolve("bc-" + digest.encode(Hash.Format.NIX32));
    if (rev.isEmpty() && !in.flag("allRefs") && isFresh(stamp)) {
      return;
    }
    String named = (ref.equals("HEAD") ? ref : kept(ref)) + ":" + kept(ref);
    try {
      fetch(git, url, in, shallow, rev.orElse(named));
    } catch (IOException e) {
      if (rev.isPresent()) {
        // Not every server hands out a commit by its digest alone.
        fetch(git, url, in, false, named);
      } else if (git.line("rev-parse", "--verify", "--quiet", kept(ref)).isPresent()) {
        warnings.accept(
            e.getMessage()
                + "\ncould not update local clone of Git repository '"
                + url
                + "'; continuing with the most recent version");
        return;
      } else {
        throw e;
      }
    }
    if (rev.isEmpty()) {
      Files.write(stamp, new byte[0]);
      Files.setLastModifiedTime(stamp, FileTime.from(Instant.ofEpochSecond(now)));
    } else if (git.line("cat-file", "-t", rev.get()).isEmpty()) {
      throw new IOException(
          "Cannot find Git revision '"
              + rev.get()
              + "' in ref '"
              + ref
              + "' of repository '"
              + url
              + "'! Please make sure that the rev exists on the ref you've specified or add"
              + " allRefs = true; to fetchGit.");
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
    return Files.exists(stamp)
        && Files.getLastModifiedTime(stamp).toInstant().getEpochSecond() + timeToLive > now;
  }
}
