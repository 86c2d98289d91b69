package org.buildchain.daemon.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.daemon.host.archive.ArchiveTree;
import org.buildchain.daemon.host.archive.SingleFile;
import org.buildchain.daemon.host.archive.Unpacker;
import org.buildchain.daemon.host.download.Credential;
import org.buildchain.daemon.host.download.Downloader;
import org.buildchain.daemon.host.download.FetchCache;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/** {@code builtins.fetchurl} and {@code fetchTarball}: URLs into the store. */
final class Fetcher {
  /** Nix's status for a hash that is not the one expected. */
  private static final int HASH_MISMATCH = 102;

  private final Store store;
  private final Path folder;
  private final Downloader downloader;
  private final FetchCache cache;
  private final long timeToLive;

  /**
   * @param folder for temporary files and the cache
   */
  Fetcher(Store store, Path folder, Map<String, String> env, Settings settings) {
    this.store = store;
    this.folder = folder;
    this.downloader = new Downloader(env, settings.number("connect-timeout"));
    this.cache = new FetchCache(folder.resolve("fetched"));
    this.timeToLive = settings.number("tarball-ttl");
  }

  /**
   * Fetches, or gives what is there already.
   *
   * @param now seconds since 1970
   * @throws BuildException if the content has not the hash expected
   */
  StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected, long now)
      throws IOException {
    return fetch(new Place(url, url, Optional.empty()), name, unpack, expected, now);
  }

  /**
   * What is downloaded.
   *
   * @param key what the cache knows it by: nobody gets what another's secret was needed for
   */
  private record Place(String url, String key, Optional<Credential> credential) {}

  /** The file at a URL, as its server shows it to whoever has the credential. */
  StorePath file(String url, String name, Optional<Credential> credential, long now)
      throws IOException {
    String key = credential.map(c -> url + "\0" + c.digest()).orElse(url);
    return fetch(new Place(url, key, credential), name, false, Optional.empty(), now);
  }

  private StorePath fetch(
      Place place, String name, boolean unpack, Optional<Hash> expected, long now)
      throws IOException {
    String url = place.url();
    IngestionMethod method = unpack ? IngestionMethod.NAR : IngestionMethod.FLAT;
    Optional<StorePath> known =
        expected.isPresent()
            ? expected.map(h -> fixedPath(name, method, h))
            // In the future is what a clock said that was ahead.
            : cache.find(place.key(), name, unpack, t -> Math.abs(now - t) <= timeToLive);
    if (known.isPresent() && store.isValid(known.get())) {
      return known.get();
    }
    Files.createDirectories(folder);
    Path file = Files.createTempFile(folder, "download", "");
    try {
      downloader.download(url, place.credential(), file);
      StorePath path =
          unpack
              ? unpack(url, name, file, expected)
              : add(url, name, SingleFile.of(file), method, expected);
      if (expected.isEmpty()) {
        cache.put(place.key(), name, unpack, now, path);
      }
      return path;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private StorePath fixedPath(String name, IngestionMethod method, Hash hash) {
    return store
        .dir()
        .makeContentAddressed(name, new ContentAddress(method, hash), List.of(), false);
  }

  private StorePath unpack(String url, String name, Path archive, Optional<Hash> expected)
      throws IOException {
    Path spool = archive.resolveSibling(archive.getFileName() + ".files");
    try (ArchiveTree into = new ArchiveTree("archive '" + url + "'", spool)) {
      FileTree tree = Unpacker.unpack("archive '" + url + "'", archive, into);
      return add(url, name, tree, IngestionMethod.NAR, expected);
    }
  }

  private StorePath add(
      String url, String name, FileTree tree, IngestionMethod method, Optional<Hash> expected)
      throws IOException {
    HashAlgorithm algorithm = expected.map(Hash::algorithm).orElse(HashAlgorithm.SHA256);
    if (expected.isPresent()) {
      Hash got = store.contentHash(tree, method, algorithm, Optional.empty());
      if (!got.equals(expected.get())) {
        throw new BuildException(
            "hash mismatch in file downloaded from '"
                + url
                + "':\n  specified: "
                + expected.get()
                + "\n  got:       "
                + got,
            HASH_MISMATCH);
      }
    }
    return store.addTree(name, tree, method, algorithm);
  }
}
