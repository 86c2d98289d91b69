package org.buildchain.daemon.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.buildchain.daemon.host.archive.ArchiveTree;
import org.buildchain.daemon.host.archive.SingleFile;
import org.buildchain.daemon.host.archive.Unpacker;
import org.buildchain.daemon.host.download.Downloader;
import org.buildchain.daemon.host.download.FetchCache;
import org.buildchain.daemon.host.download.Forges;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.host.file.StoreFiles;
import org.buildchain.daemon.host.repository.GitFetcher;
import org.buildchain.daemon.host.repository.MercurialFetcher;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.fetch.Input;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;

/** {@code builtins.fetchTree}: inputs of the types that need no registry, into the store. */
final class TreeFetcher {
  /** When whatever is in the store was changed, in seconds since 1970. */
  private static final long STORED = 1;

  private final Store store;
  private final Path folder;
  private final Downloader downloader;
  private final FetchCache cache;
  private final GitFetcher git;
  private final Forges forges;
  private final MercurialFetcher mercurial;

  /**
   * @param folder for temporary files
   * @param cache knows the trees of commits
   */
  TreeFetcher(
      Store store,
      Path folder,
      Downloader downloader,
      FetchCache cache,
      GitFetcher git,
      Forges forges,
      MercurialFetcher mercurial) {
    this.store = store;
    this.folder = folder;
    this.downloader = downloader;
    this.cache = cache;
    this.git = git;
    this.forges = forges;
    this.mercurial = mercurial;
  }

  /** Fetches; the result's input has the hash, and what else its type knows. */
  FetchedTree fetch(Input in) throws IOException {
    Optional<StorePath> locked = locked(in);
    if (locked.isPresent()) {
      return stored(locked.get(), in);
    }
    Files.createDirectories(folder);
    return switch (in.type()) {
      case "path" -> path(in);
      case "file" -> file(in);
      case "tarball" -> tarball(new Forges.Archive(in.required("url"), Optional.empty()), in);
      case "github", "gitlab", "sourcehut" -> {
        Input located = forges.located(in);
        yield tarball(forges.archive(located), located);
      }
      case "git" -> git(in);
      case "hg" -> mercurial.fetch(in, this::add);
      case "indirect" ->
          throw new IOException("indirect input '" + in.toUrl() + "' cannot be fetched directly");
      default -> throw new IOException("inputs of type '" + in.type() + "' are not supported here");
    };
  }

  /** What a lock file names by its hash, if it is here: then nothing is fetched. */
  private Optional<StorePath> locked(Input in) {
    return in.flag("__final")
        ? in.narHash().map(h -> fixedPath(in.name(), h)).filter(store::isValid)
        : Optional.empty();
  }

  private FetchedTree stored(StorePath path, Input in) {
    Hash hash = store.query(path).orElseThrow().narHash();
    return new FetchedTree(path, in.with("narHash", hash.encode(Hash.Format.SRI)));
  }

  private FetchedTree add(FileTree tree, Input in) throws IOException {
    return stored(store.addTree(in.name(), tree, IngestionMethod.NAR, HashAlgorithm.SHA256), in);
  }

  private FetchedTree path(Input in) throws IOException {
    String path = in.required("path");
    if (!path.startsWith("/")) {
      throw new IOException(
          "cannot fetch input '" + in.toUrl() + "' because it uses a relative path");
    }
    String canonical = CanonicalPath.absolute(path, "/");
    Optional<StorePath> object = store.dir().containing(canonical);
    try {
      if (object.isEmpty() || !store.isValid(object.get())) {
        return add(DiskTree.of(canonical), in.withDefault("lastModified", newest(canonical)));
      }
      boolean whole = store.dir().print(object.get()).equals(canonical);
      return whole && object.get().name().equals("source")
          ? stored(object.get(), in.withDefault("lastModified", 0L))
          : add(
              new StoreFiles(store).tree(object.get(), canonical),
              in.withDefault("lastModified", STORED));
    } catch (NoSuchFileException e) {
      // With Nix's slashes.
      throw new IOException("path '/" + canonical + "' does not exist", e);
    }
  }

  /** When the newest file or folder at or below a path was changed; seconds since 1970. */
  private static long newest(String path) throws IOException {
    FileStatus status = Posix.status(path);
    long newest = status.seconds();
    if (status.type() == FileStatus.Type.DIRECTORY) {
      for (Posix.Entry e : Posix.list(path)) {
        newest = Math.max(newest, newest(path + "/" + e.name()));
      }
    }
    return newest;
  }

  private FetchedTree file(Input in) throws IOException {
    Path file = Files.createTempFile(folder, "download", "");
    try {
      downloader.download(in.required("url"), file);
      return add(SingleFile.of(file), in);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private FetchedTree tarball(Forges.Archive archive, Input in) throws IOException {
    Optional<StorePath> known = in.narHash().map(h -> fixedPath(in.name(), h));
    if (known.isPresent() && in.number("lastModified").isPresent() && store.isValid(known.get())) {
      return stored(known.get(), in);
    }
    Path file = Files.createTempFile(folder, "download", "");
    Path spool = file.resolveSibling(file.getFileName() + ".files");
    String shown = "archive '" + archive.url() + "'";
    try (ArchiveTree into = new ArchiveTree(shown, spool)) {
      downloader.download(archive.url(), archive.credential(), file);
      FileTree tree = Unpacker.unpack(shown, file, into);
      return add(tree, into.newest() > 0 ? in.withDefault("lastModified", into.newest()) : in);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private StorePath fixedPath(String name, Hash hash) {
    return store
        .dir()
        .makeContentAddressed(name, new ContentAddress(IngestionMethod.NAR, hash), Set.of(), false);
  }

  private FetchedTree git(Input in) throws IOException {
    GitFetcher.Found found = git.find(in);
    if (found.key().isEmpty()) {
      return read(in, found);
    }
    String key = found.key().get();
    Optional<StorePath> known = cache.find(key, in.name(), true, time -> true);
    if (known.isPresent() && store.isValid(known.get())) {
      return stored(known.get(), found.description());
    }
    FetchedTree tree = read(in, found);
    cache.put(key, in.name(), true, 0, tree.path());
    return tree;
  }

  private FetchedTree read(Input in, GitFetcher.Found found) throws IOException {
    Path spool = Files.createTempFile(folder, "git", ".files");
    Files.delete(spool);
    try (ArchiveTree into = new ArchiveTree("repository '" + in.required("url") + "'", spool)) {
      found.fill(into);
      return add(into.whole(), found.description());
    }
  }
}
