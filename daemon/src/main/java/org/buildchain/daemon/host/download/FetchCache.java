package org.buildchain.daemon.host.download;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StorePath;

/**
 * What a URL gave when it was last fetched: one small file for each, named by the digest of URL,
 * name and kind, which holds the time in seconds since 1970 and the store path. A file that says
 * anything else counts as absent.
 */
public final class FetchCache {
  private final Path folder;

  /** Kept in this folder, which is made when it is needed. */
  public FetchCache(Path folder) {
    this.folder = folder;
  }

  private Path file(String url, String name, boolean unpack) {
    String key = (unpack ? "tree" : "file") + "\0" + name + "\0" + url;
    return folder.resolve(
        Hash.of(HashAlgorithm.SHA256, Octets.bytes(key)).encode(Hash.Format.NIX32));
  }

  /** The path that the URL gave, if that was at a time that is believed. */
  public Optional<StorePath> find(String url, String name, boolean unpack, LongPredicate believed)
      throws IOException {
    String text;
    try {
      text = Files.readString(file(url, name, unpack), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String[] words = text.strip().split(" ");
    try {
      if (words.length == 2 && believed.test(Long.parseLong(words[0]))) {
        return Optional.of(StorePath.parse(words[1]));
      }
    } catch (NumberFormatException | FormatException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Records what the URL gave at {@code time}. */
  public void put(String url, String name, boolean unpack, long time, StorePath path)
      throws IOException {
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, "new", "");
    Files.writeString(temporary, time + " " + path + "\n", StandardCharsets.ISO_8859_1);
    Files.move(temporary, file(url, name, unpack), StandardCopyOption.ATOMIC_MOVE);
  }
}
