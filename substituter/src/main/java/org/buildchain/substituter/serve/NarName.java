package org.buildchain.substituter.serve;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.PathInfo;
import org.buildchain.store.hash.Hash;

/**
 * Where a NAR stands below the cache's root: {@code nar/{hash part}-{NAR hash}.nar}, with a suffix
 * for its compression. The NAR hash makes such a URL mean the same bytes for ever.
 *
 * @param file the name with its suffix
 */
record NarName(String hashPart, String narHash, Compression compression, String file) {
  private static final Pattern FORM =
      Pattern.compile("([0-9a-z]{32})-([0-9a-z]{52})(\\.nar(?:\\.zst|\\.xz)?)");

  /** The file's name without a suffix. */
  String plain() {
    return hashPart + "-" + narHash;
  }

  /** The path of a store path's NAR without a suffix. */
  static String of(PathInfo info) {
    return "nar/" + info.path().hashPart() + "-" + info.narHash().encode(Hash.Format.NIX32);
  }

  /** Reads a file name; empty if it is none of a NAR. */
  static Optional<NarName> parse(String file) {
    Matcher m = FORM.matcher(file);
    if (!m.matches()) {
      return Optional.empty();
    }
    for (Compression c : Compression.values()) {
      if (c.suffix().equals(m.group(3))) {
        return Optional.of(new NarName(m.group(1), m.group(2), c, file));
      }
    }
    return Optional.empty();
  }
}
