package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.net.Decompression;

/** A NAR in a cache. */
record NarFile(BinaryCache cache, NarInfo info) {
  /** What a compressed NAR may be longer than the NAR itself. */
  private static final long SLACK = 1 << 20;

  /** How bc calls a NAR, which it has without compression as well: docs/formats.md. */
  private static final Pattern OF_BC =
      Pattern.compile("(nar/[0-9a-z]{32}-[0-9a-z]{52}\\.nar)(?:\\.zst|\\.xz)");

  /**
   * Its bytes, unpacked, from an offset on. Where they can be had plain no others are asked for.
   *
   * @throws NoSuchFileException if it is not there
   */
  InputStream open(long from) throws IOException {
    Matcher bc = OF_BC.matcher(info.url());
    if (from > 0 && info.compression().equals("none")) {
      return cache.open(info.url(), from).orElseThrow(this::missing);
    }
    if (from > 0 && info.object().isPresent() && bc.matches()) {
      Optional<InputStream> plain = cache.open(bc.group(1), from);
      if (plain.isPresent()) {
        return plain.get();
      }
    }
    InputStream nar =
        Decompression.open(
            info.compression(),
            cache.open(info.url()).orElseThrow(this::missing),
            info.narSize() + info.narSize() / 8 + SLACK);
    try {
      nar.skipNBytes(from);
    } catch (IOException e) {
      // What unpacks it has memory that no collector finds.
      nar.close();
      throw e;
    }
    return nar;
  }

  private NoSuchFileException missing() {
    return new NoSuchFileException("there is no '" + info.url() + "'");
  }
}
