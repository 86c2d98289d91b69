package org.buildchain.substituter.upload;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.Listing;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.signature.Fingerprint;

/**
 * Sends objects to a binary cache: the NAR's file, then the narinfo, with which the path is there.
 * Thread-safe.
 */
final class CacheUpload {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_INFO = 1 << 16;
  private static final String CACHE_INFO = "nix-cache-info";

  private final Store store;
  private final CacheFiles files;
  private final UploadOptions options;

  CacheUpload(Store store, CacheFiles files, UploadOptions options) {
    this.store = store;
    this.files = files;
    this.options = options;
  }

  /**
   * Makes a cache of it where there is none.
   *
   * @throws org.buildchain.store.format.FormatException if it is one for another store
   */
  void open() throws IOException {
    Optional<byte[]> there = files.read(CACHE_INFO, MAX_INFO);
    if (there.isPresent()) {
      Octets.of(there.get())
          .lines()
          .filter(l -> l.startsWith("StoreDir:"))
          .forEach(
              l ->
                  UploadOptions.requireSame(
                      files.url(), store.dir(), l.substring(l.indexOf(':') + 1).strip()));
      return;
    }
    StringBuilder text = new StringBuilder("StoreDir: " + store.dir() + "\n");
    options.massQuery().ifPresent(m -> text.append("WantMassQuery: " + (m ? 1 : 0) + "\n"));
    options.priority().ifPresent(p -> text.append("Priority: " + p + "\n"));
    files.write(CACHE_INFO, "text/x-nix-cache-info", Octets.bytes(text.toString()));
  }

  private static String narInfoName(StorePath path) {
    return path.hashPart() + ".narinfo";
  }

  /** Whether the cache has a path. */
  boolean has(StorePath path) throws IOException {
    return files.has(narInfoName(path));
  }

  /**
   * Finds that the cache has a path that another one refers to.
   *
   * @throws IOException if it does not
   */
  void require(StorePath reference) throws IOException {
    if (!has(reference)) {
      throw new IOException("the reference '" + store.dir().print(reference) + "' is not there");
    }
  }

  /**
   * A NAR's file that has not been sent. To be closed in the end.
   *
   * @param sha256 of the file
   */
  record Packed(PathInfo info, Path file, Hash sha256) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
    }
  }

  /** Writes a path's NAR, compressed, to a file of this machine. */
  Packed pack(PathInfo info) throws IOException {
    Path file = files.draft();
    boolean whole = false;
    try {
      MessageDigest digest = HashAlgorithm.SHA256.newDigest();
      try (OutputStream out =
          options
              .compressor()
              .compress(
                  new DigestOutputStream(
                      new BufferedOutputStream(Files.newOutputStream(file), BUFFER), digest))) {
        writeNar(info, out);
      }
      Packed packed = new Packed(info, file, new Hash(HashAlgorithm.SHA256, digest.digest()));
      whole = true;
      return packed;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void writeNar(PathInfo info, OutputStream out) throws IOException {
    try {
      Nar.write(
          store.open(info.path()),
          (data, offset, length) -> {
            try {
              // Neither the disk's streams nor a compressor would notice.
              if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
              }
              out.write(data, offset, length);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Sends all of a path but for what makes it there. */
  NarInfo send(Packed packed) throws IOException {
    PathInfo info = packed.info();
    long size = Files.size(packed.file());
    if (options.listings()) {
      ByteArrayOutputStream listing = new ByteArrayOutputStream();
      Listing.write(store.open(info.path()), listing);
      files.write(info.path().hashPart() + ".ls", "application/json", listing.toByteArray());
    }
    String url =
        "nar/" + packed.sha256().encode(Hash.Format.NIX32) + ".nar" + options.compressor().suffix();
    files.add(url, "application/x-nix-nar", packed.file(), packed.sha256());
    return new NarInfo(
        info.path(),
        url,
        options.compressor().nixName(),
        Optional.of(packed.sha256()),
        OptionalLong.of(size),
        info.narHash(),
        info.narSize(),
        info.references(),
        info.deriver(),
        signatures(info),
        info.contentAddress());
  }

  private List<String> signatures(PathInfo info) {
    SortedSet<String> all = new TreeSet<>(info.signatures());
    Fingerprint said =
        new Fingerprint(
            store.dir(), info.path(), info.narHash(), info.narSize(), info.references());
    options.key().ifPresent(k -> all.add(k.sign(said.bytes())));
    return List.copyOf(all);
  }

  /** Makes a path be there. What it refers to must be. */
  void publish(NarInfo info) throws IOException {
    byte[] text = info.print(store.dir()).getBytes(StandardCharsets.ISO_8859_1);
    files.write(narInfoName(info.path()), "text/x-nix-narinfo", text);
  }
}
