package org.buildchain.chain.validator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Jobs on disk, one file each: what a restart saves to rebuild. */
final class JobFolder {
  private static final String SUFFIX = ".json";
  private static final String CURSOR = "cursor";

  private final Path folder;

  JobFolder(Path folder) {
    this.folder = folder;
  }

  List<Job> read() throws IOException {
    List<Job> jobs = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        Job.parse(Files.readString(file)).ifPresent(jobs::add);
      }
    } catch (NoSuchFileException e) {
      // There were none yet.
    }
    return jobs;
  }

  void write(Job job) throws IOException {
    write(job.name() + SUFFIX, job.json());
  }

  void remove(Job job) throws IOException {
    Files.deleteIfExists(folder.resolve(job.name() + SUFFIX));
  }

  /** The block up to which draws were looked for; {@code initial} if that isn't known. */
  long cursor(long initial) throws IOException {
    try {
      return Long.parseLong(Files.readString(folder.resolve(CURSOR)).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return initial;
    }
  }

  void setCursor(long block) throws IOException {
    write(CURSOR, block + "\n");
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder);
    Path next = folder.resolve(name + ".new");
    try (FileChannel out =
        FileChannel.open(
            next,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
