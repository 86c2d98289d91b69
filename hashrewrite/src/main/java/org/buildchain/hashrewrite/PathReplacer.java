package org.buildchain.hashrewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Passes a stream on with whole store paths replaced by others of the same names. A hash part that
 * stands without its folder or its name stays. For one thread.
 */
public final class PathReplacer {
  private static final int BUFFER = 1 << 16;

  private final HashFinder finder;
  private final byte[] folder;
  private final List<byte[]> from = new ArrayList<>();
  private final List<byte[]> to = new ArrayList<>();
  private final HashZeroer.RawSink sink;
  private final byte[] buffer;

  /** How many bytes a path has at most. */
  private final int longest;

  private int filled;

  /**
   * @param folder that the paths stand in, without a slash at its end
   * @param names from the paths' base names to others that differ in the hash part alone
   * @param sink gets the stream with the paths replaced; the bytes are reused after
   */
  public PathReplacer(String folder, Map<String, String> names, HashZeroer.RawSink sink) {
    this.folder = bytes(folder + "/");
    this.sink = sink;
    List<String> hashes = new ArrayList<>();
    int most = 0;
    for (Map.Entry<String, String> e : names.entrySet()) {
      hashes.add(e.getKey().substring(0, HashFinder.LENGTH));
      from.add(bytes(e.getKey()));
      to.add(bytes(e.getValue()));
      most = Math.max(most, e.getKey().length());
    }
    this.finder = new HashFinder(hashes);
    this.longest = this.folder.length + most;
    this.buffer = new byte[BUFFER + longest];
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Takes bytes of the stream. */
  public void write(byte[] data, int offset, int length) {
    for (int at = offset, end = offset + length; at < end; ) {
      int n = Math.min(end - at, buffer.length - filled);
      System.arraycopy(data, at, buffer, filled, n);
      filled += n;
      at += n;
      if (filled == buffer.length) {
        drain(filled - longest + 1);
      }
    }
  }

  /** Ends the stream. */
  public void finish() {
    drain(filled);
  }

  /** Passes on what begins no path that has not been replaced. */
  private void drain(int upTo) {
    finder.scan(
        buffer, folder.length, Math.min(filled, upTo + folder.length), filled, this::replace);
    sink.take(buffer, 0, upTo);
    System.arraycopy(buffer, upTo, buffer, 0, filled - upTo);
    filled -= upTo;
  }

  private void replace(int path, int at) {
    byte[] name = from.get(path);
    int begin = at - folder.length;
    if (begin >= 0
        && at + name.length <= filled
        && Arrays.equals(folder, 0, folder.length, buffer, begin, at)
        && Arrays.equals(name, 0, name.length, buffer, at, at + name.length)) {
      System.arraycopy(to.get(path), 0, buffer, at, HashFinder.LENGTH);
    }
  }
}
