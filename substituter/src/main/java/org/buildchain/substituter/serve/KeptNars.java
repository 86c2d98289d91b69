package org.buildchain.substituter.serve;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * NARs in files, compressed as a rule: each is made once, however many ask for it meanwhile, at the
 * disk's pace and not at that of the slowest client, and the files used last are kept up to a
 * number of bytes. Others may remove them. Thread-safe.
 */
final class KeptNars {
  private static final String NEW = ".new";
  private static final int BUFFER = 1 << 16;

  /** On the disk: what is kept here can be made again, what the store writes there can't. */
  private static final long LEAST_ROOM = 16L << 20;

  /** Compressions that run or wait. */
  private static final int MAX_WAITING = 256;

  /** Too many compressions wait. */
  static final class BusyException extends IOException {
    private static final long serialVersionUID = 1;

    BusyException() {
      super("too many compressions wait");
    }
  }

  private final Path folder;
  private final long maxBytes;
  private final Semaphore places;
  private final Map<String, GrowingFile> growing = new HashMap<>();
  // By name, the one used longest ago first.
  private final Map<String, Long> kept = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /**
   * @param folder belongs to this cache; files that are in it are kept files of earlier times
   * @param maxBytes of files that are kept when nobody reads them
   * @param jobs compressions at a time: they cost a processor and, for xz, some 30 MiB each
   */
  KeptNars(Path folder, long maxBytes, int jobs) throws IOException {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.places = new Semaphore(jobs);
    Files.createDirectories(folder);
    record Old(String name, long size, FileTime time) {}
    List<Old> old = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(NEW)) {
          Files.delete(file);
        } else {
          old.add(new Old(name, Files.size(file), Files.getLastModifiedTime(file)));
        }
      }
    }
    old.sort(Comparator.comparing(Old::time));
    for (Old file : old) {
      keep(file.name(), file.size());
    }
  }

  /**
   * The file of this name, kept or just being made. The caller releases it.
   *
   * @param name a file name
   * @param nar writes what is compressed
   * @throws BusyException if too many wait to be made
   */
  synchronized GrowingFile open(String name, Compression compression, Answer.Writing nar)
      throws IOException {
    GrowingFile running = growing.get(name);
    if (running != null && running.use()) {
      return running;
    }
    Optional<GrowingFile> whole = find(name);
    if (whole.isPresent()) {
      try {
        // Tells the next process in which order they were used.
        Files.setLastModifiedTime(path(name), FileTime.from(Instant.now()));
      } catch (NoSuchFileException e) {
        // A collection has just removed it; it can still be read.
      }
      return whole.get();
    }
    if (growing.size() >= MAX_WAITING) {
      throw new BusyException();
    }
    Path fresh = path(name + NEW);
    Files.deleteIfExists(fresh);
    GrowingFile file = new GrowingFile(fresh);
    growing.put(name, file);
    file.use();
    Thread.ofVirtual()
        .name("bc-serve-compress")
        .start(() -> compress(name, fresh, file, compression, nar));
    return file;
  }

  /**
   * Whether a file of this name is there already, or there is room to make one.
   *
   * @param most bytes that it may have
   */
  synchronized boolean canOpen(String name, long most) {
    return kept.containsKey(name)
        || growing.containsKey(name)
        || folder.toFile().getUsableSpace() - most >= LEAST_ROOM;
  }

  /** Begins to make a file, unless it is kept, being made, or too many wait to be made. */
  synchronized void make(String name, Compression compression, Answer.Writing nar)
      throws IOException {
    if (!kept.containsKey(name) && !growing.containsKey(name) && growing.size() < MAX_WAITING) {
      open(name, compression, nar).release();
    }
  }

  /** The file of this name, if it is kept. The caller releases it. */
  synchronized Optional<GrowingFile> find(String name) {
    if (kept.get(name) == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(GrowingFile.whole(path(name)));
    } catch (IOException e) {
      forget(name);
      return Optional.empty();
    }
  }

  /** Keeps the file of this name no longer. */
  synchronized void drop(String name) throws IOException {
    forget(name);
    Files.deleteIfExists(path(name));
  }

  /** Where the file of this name is kept. */
  Path path(String name) {
    return folder.resolve(name);
  }

  /** How many bytes of files are kept at most. */
  long maxBytes() {
    return maxBytes;
  }

  /** How many files of how many bytes together are kept now. */
  synchronized Size size() {
    List<String> gone = kept.keySet().stream().filter(n -> !Files.exists(path(n))).toList();
    gone.forEach(this::forget);
    return new Size(kept.size(), bytes);
  }

  /** So many files, of so many bytes together. */
  record Size(int files, long bytes) {}

  private void compress(
      String name, Path fresh, GrowingFile file, Compression compression, Answer.Writing nar) {
    Optional<IOException> problem = Optional.empty();
    try {
      places.acquire();
      try (OutputStream out =
          new BufferedOutputStream(
              compression.compress(new BufferedOutputStream(file, BUFFER)), BUFFER)) {
        nar.run(out);
      } finally {
        places.release();
      }
    } catch (IOException e) {
      problem = Optional.of(e);
    } catch (InterruptedException | RuntimeException | Error e) {
      problem = Optional.of(new IOException(e.getMessage(), e));
    }
    finish(name, fresh, file, problem);
  }

  private synchronized void finish(
      String name, Path fresh, GrowingFile file, Optional<IOException> problem) {
    growing.remove(name);
    try {
      if (problem.isEmpty()) {
        Files.move(fresh, path(name));
        keep(name, Files.size(path(name)));
      } else {
        Files.delete(fresh);
      }
    } catch (IOException e) {
      // It is not kept; the next start removes what is left of it.
    }
    // Last, so that who has read it all finds it kept.
    file.end(problem);
    try {
      file.release();
    } catch (IOException e) {
      // Its bytes are written: readers have them.
    }
  }

  private void keep(String name, long size) throws IOException {
    forget(name);
    kept.put(name, size);
    bytes += size;
    while (bytes > maxBytes) {
      String oldest = kept.keySet().iterator().next();
      drop(oldest);
    }
  }

  private void forget(String name) {
    Long size = kept.remove(name);
    bytes -= size == null ? 0 : size;
  }
}
