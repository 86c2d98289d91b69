package org.buildchain.substituter.serve;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The NARs that servers of a store have kept as files, for who wants room on its disk. All of them
 * can be made again. Servers may be running: one that lacks a file makes another, and who is being
 * sent one has it open.
 */
public final class KeptNarFiles {
  private final Path folder;

  /**
   * @param folder the one of {@link CacheServer.Options#kept}; need not be there
   */
  public KeptNarFiles(Path folder) {
    this.folder = folder;
  }

  private record Kept(Path file, String hashPart, long bytes, FileTime time) {}

  /**
   * Removes those of paths that are not here.
   *
   * @param living the hash parts of paths that are here; asked for if there are files
   * @param dryRun whether they stay
   * @return their bytes
   */
  public long removeDead(Supplier<Set<String>> living, boolean dryRun) throws IOException {
    List<Kept> all = list();
    Set<String> alive = all.isEmpty() ? Set.of() : living.get();
    long bytes = 0;
    for (Kept kept : all) {
      if (!alive.contains(kept.hashPart())) {
        bytes += remove(kept, dryRun);
      }
    }
    return bytes;
  }

  /**
   * Removes some, those first that were used or made longest ago.
   *
   * @param enough stop at so many bytes
   * @param dryRun whether they stay
   * @return their bytes
   */
  public long removeOldest(long enough, boolean dryRun) throws IOException {
    List<Kept> all = new ArrayList<>(list());
    all.sort(Comparator.comparing(Kept::time));
    long bytes = 0;
    for (Kept kept : all) {
      if (bytes >= enough) {
        break;
      }
      bytes += remove(kept, dryRun);
    }
    return bytes;
  }

  private static long remove(Kept kept, boolean dryRun) throws IOException {
    return dryRun || Files.deleteIfExists(kept.file()) ? kept.bytes() : 0;
  }

  private List<Kept> list() throws IOException {
    List<Kept> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        // What is being written has another name.
        Optional<NarName> name = NarName.parse(file.getFileName().toString());
        if (name.isPresent()) {
          all.add(
              new Kept(
                  file, name.get().hashPart(), Files.size(file), Files.getLastModifiedTime(file)));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // No server has begun yet, or one has just removed a file: what is left is for next time.
    }
    return all;
  }
}
