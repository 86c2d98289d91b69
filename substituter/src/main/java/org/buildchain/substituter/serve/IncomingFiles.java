package org.buildchain.substituter.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.hash.NixBase32;

/**
 * Files that are uploaded, each named by its SHA-256. What has come of one that broke off waits as
 * {@code NAME.part}, which nothing serves, until the rest comes: a part that somebody goes on with
 * is taken away from under its name first, so that no two write to one file.
 */
final class IncomingFiles {
  private static final Duration KEPT = Duration.ofDays(1);

  /** A file that nobody has written to for so long is left of a process that has ended. */
  private static final Duration WRITTEN = Duration.ofHours(1);

  private static final String NEW = ".new";
  private static final int DIGEST = 52;
  private static final int BUFFER = 1 << 16;

  /** Files that are being received. */
  private static final int MAX_TRANSFERS = 64;

  /** How much of a file is here. The name is that of the IETF's draft on resumable uploads. */
  private static final String OFFSET = "Upload-Offset";

  private final Path folder;
  private final Room room;
  private final Semaphore transfers = new Semaphore(MAX_TRANSFERS);
  private Instant swept = Instant.EPOCH;

  /**
   * @param folder belongs to these uploads; what nobody has asked for since a day is removed
   */
  IncomingFiles(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    this.room = new Room(folder);
    sweep();
  }

  /**
   * Now and then: parts come from those who may upload, but who never go on. Several servers may
   * have this folder.
   */
  private synchronized void sweep() throws IOException {
    Instant now = Instant.now();
    if (now.isBefore(swept.plusSeconds(3600))) {
      return;
    }
    swept = now;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          Duration kept = file.toString().endsWith(NEW) ? WRITTEN : KEPT;
          if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(kept))) {
            Files.delete(file);
          }
        } catch (NoSuchFileException e) {
          // It has gone into the store meanwhile.
        }
      }
    }
  }

  /** Where a file is, if it has come whole. */
  Path whole(String name) {
    return folder.resolve(name);
  }

  /** What they have room for. */
  Room room() {
    return room;
  }

  /** A new file beside them, which goes if it outlives the process. */
  Path fresh() throws IOException {
    return Files.createTempFile(folder, "", NEW);
  }

  private Path part(String name) {
    return folder.resolve(name + ".part");
  }

  /** How many bytes have come of a file that is not whole. */
  long received(String name) throws IOException {
    try {
      return Files.size(part(name));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** The answer with the number of bytes that are here of a file that is not whole. */
  Answer at(String name, Answer answer) throws IOException {
    return answer.with(OFFSET, Long.toString(received(name)));
  }

  /**
   * Takes a file, or a part of one that goes on where the last ended.
   *
   * @param length of the body
   */
  Answer receive(String name, ContentRange range, long length, InputStream body)
      throws IOException {
    if (range.length() != length) {
      return Answer.message(400, "the range is not as long as what comes");
    }
    if (!transfers.tryAcquire()) {
      return Answer.message(503, "too many uploads at a time");
    }
    try {
      Optional<Room.Promise> promise = promise(name, length);
      if (promise.isEmpty()) {
        return Answer.message(413, "there is no room for " + length + " bytes");
      }
      try (Room.Promise kept = promise.get()) {
        return receive(name, range, kept, body);
      }
    } finally {
      transfers.release();
    }
  }

  /** Room for a file. Where that lacks, parts of others go, the one that waits longest first. */
  private synchronized Optional<Room.Promise> promise(String name, long length) throws IOException {
    Optional<Room.Promise> promise = room.promise(length);
    if (promise.isPresent()) {
      return promise;
    }
    List<Part> others = parts().stream().filter(p -> !p.path().equals(part(name))).toList();
    if (!room.wouldSuffice(length, others.stream().mapToLong(Part::size).sum())) {
      return promise;
    }
    for (Part other : others) {
      Files.deleteIfExists(other.path());
      promise = room.promise(length);
      if (promise.isPresent()) {
        return promise;
      }
    }
    return promise;
  }

  private record Part(Path path, FileTime time, long size) {}

  /** What waits for the rest of it, the oldest first. */
  private List<Part> parts() throws IOException {
    List<Part> parts = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.part")) {
      for (Path file : files) {
        try {
          parts.add(new Part(file, Files.getLastModifiedTime(file), Files.size(file)));
        } catch (NoSuchFileException e) {
          // Somebody goes on with it.
        }
      }
    }
    parts.sort(Comparator.comparing(Part::time));
    return parts;
  }

  private Answer receive(String name, ContentRange range, Room.Promise kept, InputStream body)
      throws IOException {
    Path fresh = fresh();
    try {
      sweep();
      if (range.first() > 0 && !takePart(name, range.first(), fresh)) {
        return at(name, Answer.message(409, "go on where what is here ends"));
      }
      return append(name, range, kept, fresh, body);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Takes what has come of a file, if it is so long. */
  private boolean takePart(String name, long length, Path into) throws IOException {
    if (received(name) != length) {
      return false;
    }
    try {
      Files.move(part(name), into, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      return false;
    }
    if (Files.size(into) != length) {
      keep(name, into);
      return false;
    }
    return true;
  }

  private Answer append(
      String name, ContentRange range, Room.Promise kept, Path fresh, InputStream body)
      throws IOException {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    byte[] buffer = new byte[BUFFER];
    try (OutputStream out =
        new DigestOutputStream(Files.newOutputStream(fresh, StandardOpenOption.APPEND), digest)) {
      for (int n; (n = body.read(buffer)) > 0; ) {
        out.write(buffer, 0, n);
        kept.used(n);
      }
    } catch (IOException e) {
      // Kept parts would leave a full disk full.
      if (!Room.isLacking(e)) {
        keep(name, fresh);
      }
      throw e;
    }
    long here = Files.size(fresh);
    if (here > range.total()) {
      return Answer.message(400, "more came than was said");
    }
    if (here < range.total()) {
      keep(name, fresh);
      return here < range.end()
          ? at(name, Answer.message(400, "what came breaks off"))
          : at(name, Answer.message(202, "go on"));
    }
    String is = NixBase32.encode(range.first() == 0 ? digest.digest() : digest(fresh));
    if (!is.equals(name.substring(0, DIGEST))) {
      return Answer.message(400, "what came is not '" + name + "': its SHA-256 is " + is);
    }
    Files.move(fresh, whole(name), StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(part(name));
    return Answer.message(201, "received");
  }

  /** Keeps what has come, unless there is more from another attempt. */
  private synchronized void keep(String name, Path fresh) throws IOException {
    if (Files.size(fresh) > received(name)) {
      Files.move(fresh, part(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static byte[] digest(Path file) throws IOException {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n; (n = in.read(buffer)) > 0; ) {
        digest.update(buffer, 0, n);
      }
    }
    return digest.digest();
  }
}
