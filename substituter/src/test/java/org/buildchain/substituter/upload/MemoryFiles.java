package org.buildchain.substituter.upload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.store.hash.Hash;

/** A cache in memory, which does before a file comes what a test tells it. */
final class MemoryFiles implements CacheFiles {
  /** What happens before a file is there. */
  interface Before {
    void put(String name) throws IOException;
  }

  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Path spool;
  private final Before before;

  MemoryFiles(Path spool, Before before) throws IOException {
    this.spool = Files.createDirectories(spool);
    this.before = before;
  }

  @Override
  public String url() {
    return "memory://test";
  }

  @Override
  public boolean has(String name) {
    return files.containsKey(name);
  }

  @Override
  public Optional<byte[]> read(String name, int most) {
    return Optional.ofNullable(files.get(name));
  }

  @Override
  public void write(String name, String type, byte[] content) throws IOException {
    before.put(name);
    files.put(name, content);
  }

  @Override
  public Path draft() throws IOException {
    return Files.createTempFile(spool, "", "");
  }

  @Override
  public void add(String name, String type, Path file, Hash sha256) throws IOException {
    before.put(name);
    files.put(name, Files.readAllBytes(file));
  }
}
