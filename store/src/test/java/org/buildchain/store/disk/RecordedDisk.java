package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a disk may hold when the power goes, after a process made these system calls, as POSIX
 * promises and no more: bytes are there for sure once their file was synced, names once their
 * folder was; before that, any of the writes may have happened, and any number of the changes of
 * each folder, in their order.
 */
final class RecordedDisk {
  /** A system call that changed something, or made changes durable. */
  sealed interface Event {}

  /** A file that was created, or a folder if {@code file} has no number. */
  record Create(String path, int file) implements Event {}

  record Rename(String from, String to) implements Event {}

  record Remove(String path) implements Event {}

  /** {@code durable} if the file was opened with {@code O_DSYNC}. */
  record Write(int file, long offset, byte[] data, boolean durable) implements Event {}

  /** A part of the file gives its room back. */
  record Punch(int file, long offset, int length) implements Event {}

  record Truncate(int file, long length) implements Event {}

  record SyncFile(int file) implements Event {}

  record SyncFolder(String path) implements Event {}

  record SyncAll() implements Event {}

  /** Something that the process told the world. */
  record Told(String line) implements Event {}

  /** A folder's number. */
  static final int FOLDER = -1;

  private final Map<Integer, byte[]> contents = new HashMap<>();
  private final Map<Integer, List<Event>> unsyncedWrites = new HashMap<>();
  private final Map<String, Integer> names = new HashMap<>();
  private final Map<String, List<Event>> unsyncedNames = new HashMap<>();

  void apply(Event event) {
    switch (event) {
      case Create c -> changed(c.path(), c);
      case Rename r -> changed(r.from(), r);
      case Remove r -> changed(r.path(), r);
      case Write w when w.durable() -> write(contents, w);
      case Write w -> unsyncedWrites.computeIfAbsent(w.file(), f -> new ArrayList<>()).add(w);
      case Punch p -> unsyncedWrites.computeIfAbsent(p.file(), f -> new ArrayList<>()).add(p);
      case Truncate t -> unsyncedWrites.computeIfAbsent(t.file(), f -> new ArrayList<>()).add(t);
      case SyncFile(int file) -> syncFile(file);
      case SyncFolder(String path) -> syncFolder(path);
      case SyncAll() -> {
        List.copyOf(unsyncedWrites.keySet()).forEach(this::syncFile);
        List.copyOf(unsyncedNames.keySet()).forEach(this::syncFolder);
      }
      case Told _ -> {}
    }
  }

  private void changed(String path, Event event) {
    unsyncedNames.computeIfAbsent(parent(path), p -> new ArrayList<>()).add(event);
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private void syncFile(int file) {
    List<Event> writes = unsyncedWrites.remove(file);
    if (writes != null) {
      writes.forEach(w -> write(contents, w));
    }
  }

  private void syncFolder(String path) {
    List<Event> changes = unsyncedNames.remove(path);
    if (changes != null) {
      changes.forEach(c -> rename(names, c));
    }
  }

  private static void write(Map<Integer, byte[]> contents, Event event) {
    switch (event) {
      case Write(int file, long offset, byte[] data, boolean _) -> {
        byte[] old = contents.getOrDefault(file, new byte[0]);
        int end = Math.toIntExact(offset + data.length);
        byte[] now = end > old.length ? Arrays.copyOf(old, end) : old.clone();
        System.arraycopy(data, 0, now, (int) offset, data.length);
        contents.put(file, now);
      }
      case Punch(int file, long offset, int length) -> {
        byte[] now = contents.get(file).clone();
        Arrays.fill(now, (int) offset, (int) offset + length, (byte) 0);
        contents.put(file, now);
      }
      case Truncate(int file, long length) ->
          contents.put(
              file,
              Arrays.copyOf(contents.getOrDefault(file, new byte[0]), Math.toIntExact(length)));
      default -> throw new IllegalStateException(event.toString());
    }
  }

  private static void rename(Map<String, Integer> names, Event event) {
    switch (event) {
      case Create(String path, int file) -> names.put(path, file);
      case Rename(String from, String to) -> names.put(to, names.remove(from));
      case Remove(String path) -> names.remove(path);
      default -> throw new IllegalStateException(event.toString());
    }
  }

  /**
   * Makes the files that may be there if the power goes now.
   *
   * @param root the folder that the process had
   * @param likely how likely each change is that no sync made durable, 0 to 1
   */
  void image(String root, Path to, double likely, Random random) throws IOException {
    Map<Integer, byte[]> bytes = new HashMap<>(contents);
    unsyncedWrites.values().stream()
        .flatMap(List::stream)
        .filter(w -> random.nextDouble() < likely)
        .forEach(w -> write(bytes, w));
    Map<String, Integer> there = new HashMap<>(names);
    for (List<Event> changes : unsyncedNames.values()) {
      // A likelihood between none and all: as many as chance will have it.
      int kept =
          likely == 0 ? 0 : likely == 1 ? changes.size() : random.nextInt(changes.size() + 1);
      changes.subList(0, kept).forEach(c -> rename(there, c));
    }
    Files.createDirectories(to);
    for (String path : there.keySet().stream().sorted().toList()) {
      if (path.startsWith(root + "/")) {
        Path at = to.resolve(path.substring(root.length() + 1));
        int file = there.get(path);
        // What stands in a folder that is not there is not there.
        if (Files.isDirectory(at.getParent())) {
          if (file == FOLDER) {
            Files.createDirectory(at);
          } else {
            Files.write(at, bytes.getOrDefault(file, new byte[0]));
          }
        }
      }
    }
  }
}
