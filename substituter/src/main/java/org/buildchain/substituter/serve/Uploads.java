package org.buildchain.substituter.serve;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.hash.NixBase32;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.narinfo.NarInfoReader;
import org.buildchain.substituter.net.Decompression;

/**
 * Takes what {@code nix copy --to http://…} sends: a NAR's file first, which waits under its own
 * digest, then the narinfo, with which it enters the store: held to the hash, the size and the
 * content address that are stated, its references valid already. Whatever is wrong or breaks off
 * leaves nothing behind, or a file that the same upload finds again.
 */
final class Uploads {
  private static final Pattern NAR =
      Pattern.compile("nar/([0-9a-z]{52}\\.nar(?:\\.(?:xz|zst|bz2|gz))?)");
  private static final Pattern NAR_INFO = Pattern.compile("([0-9a-z]{32})\\.narinfo");
  private static final Pattern LISTING = Pattern.compile("[0-9a-z]{32}\\.ls");
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int DIGEST = 52;
  private static final int BUFFER = 1 << 16;

  /** Files that are being received. */
  private static final int MAX_TRANSFERS = 64;

  private final DiskStore store;
  private final Path folder;
  private final Semaphore transfers = new Semaphore(MAX_TRANSFERS);

  /**
   * @param folder belongs to these uploads; what nobody has asked for since a day is removed
   */
  Uploads(DiskStore store, Path folder) throws IOException {
    this.store = store;
    this.folder = folder;
    Files.createDirectories(folder);
    Instant oldest = Instant.now().minus(KEPT);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (file.toString().endsWith(".new")
            || Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
          Files.delete(file);
        }
      }
    }
  }

  /** Whether a NAR's file waits here, so that it need not be sent again. */
  boolean holds(String path) {
    Matcher nar = NAR.matcher(path);
    return nar.matches() && Files.exists(folder.resolve(nar.group(1)));
  }

  /**
   * Takes a file.
   *
   * @param path below the cache's root
   * @param length of the body; negative if it was not said
   */
  Answer put(String path, long length, InputStream body) throws IOException {
    if (length < 0) {
      return Answer.message(411, "say the length of what you send");
    }
    Matcher nar = NAR.matcher(path);
    Matcher info = NAR_INFO.matcher(path);
    try {
      if (nar.matches()) {
        return receive(nar.group(1), length, body);
      }
      if (info.matches()) {
        return register(info.group(1), length, body);
      }
    } catch (FormatException | StoreException e) {
      return Answer.message(400, e.getMessage());
    }
    if (LISTING.matcher(path).matches()) {
      // Listings are made here.
      body.skipNBytes(length);
      return Answer.message(200, "not needed");
    }
    return Answer.message(405, "'" + path + "' can't be uploaded here");
  }

  private Answer receive(String name, long length, InputStream body) throws IOException {
    if (length > Files.getFileStore(folder).getUsableSpace() / 2) {
      return Answer.message(413, "there is no room for " + length + " bytes");
    }
    if (!transfers.tryAcquire()) {
      return Answer.message(503, "too many uploads at a time");
    }
    Path fresh = Files.createTempFile(folder, "", ".new");
    try {
      MessageDigest digest = HashAlgorithm.SHA256.newDigest();
      long received;
      try (OutputStream out =
          new DigestOutputStream(
              new BufferedOutputStream(Files.newOutputStream(fresh), BUFFER), digest)) {
        received = body.transferTo(out);
      }
      String is = NixBase32.encode(digest.digest());
      if (received != length || !is.equals(name.substring(0, DIGEST))) {
        return Answer.message(400, "what came is not '" + name + "': its SHA-256 is " + is);
      }
      Files.move(fresh, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      return Answer.message(201, "received");
    } finally {
      Files.deleteIfExists(fresh);
      transfers.release();
    }
  }

  private Answer register(String hashPart, long length, InputStream body) throws IOException {
    if (length > NarInfoReader.MAX_BYTES) {
      return Answer.message(413, "a narinfo is not so long");
    }
    byte[] bytes = body.readNBytes((int) length);
    NarInfo info = NarInfoReader.read("narinfo", store.dir(), bytes);
    Matcher nar = NAR.matcher(info.url());
    if (!info.path().hashPart().equals(hashPart) || !nar.matches()) {
      return Answer.message(400, "the narinfo belongs to another path");
    }
    if (store.isValid(info.path())) {
      return Answer.message(200, "it is here already");
    }
    for (StorePath reference : info.references()) {
      if (!reference.equals(info.path()) && !store.isValid(reference)) {
        return Answer.message(400, "upload '" + store.dir().print(reference) + "' first");
      }
    }
    Path file = folder.resolve(nar.group(1));
    ForeignObject said =
        new ForeignObject(
            info.path(),
            info.narHash(),
            info.narSize(),
            info.references(),
            info.deriver(),
            new TreeSet<>(info.signatures()),
            info.contentAddress());
    try (InputStream in =
        Decompression.open(info.compression(), Files.newInputStream(file), Long.MAX_VALUE)) {
      store.importNar(said, in);
    } catch (NoSuchFileException e) {
      return Answer.message(400, "upload '" + info.url() + "' first");
    } finally {
      Files.deleteIfExists(file);
    }
    return Answer.message(201, "stored");
  }
}
