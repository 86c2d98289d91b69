package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.host.file.HostFiles;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.language.fetch.Input;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;

/**
 * Fetches Mercurial repositories as Nix does: a local one that was changed since its last commit is
 * read where it stands, as far as Mercurial tracks it; all others are copied, one for each URL, and
 * what a branch is at is believed for {@code tarball-ttl}. Source: {@code libfetchers/mercurial.cc}
 * of Nix 2.26. A repository is hostile input: its own settings, which can name programs, are not
 * read.
 */
public final class MercurialFetcher {
  private final Path folder;
  private final Path temporary;
  private final Program hg;
  private final RepositoryLocks locks;
  private final long timeToLive;
  private final long now;
  private final Consumer<String> warnings;

  /** Adds a tree to the store. */
  @FunctionalInterface
  public interface Adder {
    /** The object, described by the input and its hash. */
    FetchedTree add(FileTree tree, Input description) throws IOException;
  }

  /**
   * @param temporary a folder, which is there; copies of repositories are kept in {@code
   *     fetched/hg}
   * @param caller the caller's environment: proxies, the SSH agent, where hg is
   * @param timeToLive seconds
   * @param now seconds since 1970
   * @param warnings gets what the user should know
   * @param cancelled whether the caller has gone away
   */
  public MercurialFetcher(
      Path temporary,
      Map<String, String> caller,
      RepositoryLocks locks,
      long timeToLive,
      long now,
      Consumer<String> warnings,
      BooleanSupplier cancelled) {
    this.folder = temporary.resolve("fetched/hg");
    this.temporary = temporary;
    this.hg = program(temporary, caller, cancelled);
    this.locks = locks;
    this.timeToLive = timeToLive;
    this.now = now;
    this.warnings = warnings;
  }

  /** The program, which reads no repository's settings, in a folder. */
  public static Program program(
      Path folder, Map<String, String> caller, BooleanSupplier cancelled) {
    Map<String, String> env = new HashMap<>(caller);
    env.put("HGPLAIN", "");
    env.put("HGRCSKIPREPO", "1");
    env.putIfAbsent("PATH", "/usr/local/bin:/usr/bin:/bin");
    return new Program(List.of("hg", "--noninteractive"), folder, env, cancelled);
  }

  /** The folder of a repository of this machine. */
  public static Optional<Path> local(Input in) throws IOException {
    String url = in.required("url");
    return url.startsWith("file:")
        ? Optional.of(Path.of(Octets.toText(path(url))))
        : Optional.empty();
  }

  private String run(String... arguments) throws IOException {
    Program.Answer a = hg.run("", List.of(arguments));
    if (a.status() != 0) {
      if (!a.err().isEmpty()) {
        warnings.accept(a.err());
      }
      throw new IOException("hg failed with exit code " + a.status());
    }
    return a.out();
  }

  /** Fetches what {@code in} stands for. */
  public FetchedTree fetch(Input in, Adder adder) throws IOException {
    String url = in.required("url");
    boolean local = url.startsWith("file:");
    String from = local ? path(url) : url;
    if (local
        && in.ref().isEmpty()
        && in.rev().isEmpty()
        && Files.exists(Path.of(Octets.toText(from + "/.hg")))
        && !run("status", "-R", from, "--modified", "--added", "--removed").isEmpty()) {
      return changed(in, from, adder);
    }
    Input named = in.withDefault("ref", "default");
    Path copy = folder.resolve(digest(from));
    Lock lock = locks.of(copy);
    lock.lock();
    try {
      return commit(named, from, copy, adder);
    } finally {
      lock.unlock();
    }
  }

  private static String path(String url) throws IOException {
    try {
      String path = URI.create(Octets.toText(url)).getPath();
      if (path != null && path.startsWith("/")) {
        return Octets.fromText(path);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IOException("'" + url + "' does not name an absolute path");
  }

  private static String digest(String text) {
    return Hash.of(HashAlgorithm.SHA256, Octets.bytes(text)).encode(Hash.Format.NIX32);
  }

  /** The working folder: what is tracked, as it stands now. */
  private FetchedTree changed(Input in, String from, Adder adder) throws IOException {
    warnings.accept("Mercurial tree '" + from + "' is unclean");
    String branch = run("branch", "-R", from).stripTrailing();
    String names =
        run("status", "-R", from, "--clean", "--modified", "--added", "--no-status", "--print0");
    NavigableSet<String> tracked = new TreeSet<>(List.of(names.split("\0")));
    String top = CanonicalPath.absolute(from, "/");
    FileTree tree =
        DiskTree.of(
            top,
            (path, type) -> {
              String name = path.substring(top.length() + 1);
              if (HostFiles.typeOf(type) != FileType.DIRECTORY) {
                return tracked.contains(name);
              }
              String first = tracked.ceiling(name + "/");
              return first != null && first.startsWith(name + "/");
            });
    return adder.add(tree, in.with("ref", branch));
  }

  private FetchedTree commit(Input asked, String from, Path copy, Adder adder) throws IOException {
    String repository = Octets.fromText(copy.toString());
    Path stamp = folder.resolve(copy.getFileName() + "-" + digest(asked.ref().orElseThrow()));
    Optional<String> known = asked.rev().or(() -> believed(stamp));
    if (known.isEmpty() || !has(repository, copy, known.get())) {
      pull(from, repository, copy);
    }
    String wanted = known.orElse(asked.ref().orElseThrow());
    String[] words =
        run("log", "-R", repository, "-r", wanted, "--template", "{node} {rev} {branch}")
            .split(" ", 3);
    if (words.length != 3) {
      throw new IOException("hg says nothing of '" + wanted + "'");
    }
    if (asked.rev().isEmpty() && known.isEmpty()) {
      Files.writeString(stamp, now + " " + words[0], StandardCharsets.ISO_8859_1);
    }
    Input description =
        asked
            .with("rev", words[0])
            .with("revCount", Long.parseLong(words[1]))
            .with("ref", words[2]);
    Path into = Files.createTempDirectory(temporary, "hg");
    try {
      run("archive", "-R", repository, "-r", words[0], Octets.fromText(into.toString()));
      Files.deleteIfExists(into.resolve(".hg_archival.txt"));
      return adder.add(DiskTree.of(Octets.fromText(into.toString())), description);
    } finally {
      Posix.removeTree(Octets.fromText(into.toString()));
    }
  }

  /** What a branch was at when it was last looked up, not too long ago. */
  private Optional<String> believed(Path stamp) {
    try {
      String[] words = Files.readString(stamp, StandardCharsets.ISO_8859_1).split(" ");
      return words.length == 2 && Math.abs(now - Long.parseLong(words[0])) < timeToLive
          ? Optional.of(words[1])
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private boolean has(String repository, Path copy, String rev) throws IOException {
    return Files.exists(copy)
        && hg.run("", List.of("log", "-R", repository, "-r", rev, "--template", "1"))
            .out()
            .equals("1");
  }

  private void pull(String from, String repository, Path copy) throws IOException {
    if (!Files.exists(copy)) {
      Files.createDirectories(folder);
      run("clone", "--noupdate", "--", from, repository);
      return;
    }
    try {
      run("pull", "-R", repository, "--", from);
    } catch (IOException e) {
      if (!Files.exists(copy.resolve(".hg/store/journal"))) {
        throw e;
      }
      // An earlier one was cut off.
      run("recover", "-R", repository);
      run("pull", "-R", repository, "--", from);
    }
  }
}
