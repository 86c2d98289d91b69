package org.buildchain.substituter.narinfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** Reads narinfos, which come from anybody. */
public final class NarInfoReader {
  /** A narinfo has so many bytes at most: enough for some 20,000 references. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MAX_SIGNATURES = 256;

  /** Characters of a URL, and no way out of the cache's folder. */
  private static final Pattern URL =
      Pattern.compile("(?!/)(?!.*(?:^|/)\\.\\.?(?:/|$))[!-~&&[^\\\\\"<>^`{|}]]{1,2048}");

  private final String what;
  private final StoreDir dir;
  private final Map<String, String> values = new HashMap<>();
  private final List<String> signatures = new ArrayList<>();

  private NarInfoReader(String what, StoreDir dir) {
    this.what = what;
    this.dir = dir;
  }

  /**
   * Reads a narinfo.
   *
   * @param what names it in errors
   * @throws FormatException if it is malformed, a field is missing or stands twice, or it is too
   *     long; fields of other names are passed over
   */
  public static NarInfo read(String what, StoreDir dir, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new FormatException(what, "is longer than " + MAX_BYTES + " bytes");
    }
    NarInfoReader reader = new NarInfoReader(what, dir);
    reader.lines(Octets.of(bytes));
    return reader.info();
  }

  private void lines(String text) {
    if (!text.endsWith("\n")) {
      throw new FormatException(what, "its last line has no end");
    }
    int number = 0;
    for (int at = 0; at < text.length(); ) {
      number++;
      int end = text.indexOf('\n', at);
      String line = text.substring(at, end);
      at = end + 1;
      int colon = line.indexOf(": ");
      if (colon < 1) {
        throw new FormatException(what, "line " + number + ": expected 'Name: value'");
      }
      String name = line.substring(0, colon);
      String value = line.substring(colon + 2);
      if (name.equals("Sig")) {
        if (signatures.size() == MAX_SIGNATURES) {
          throw new FormatException(what, "has more than " + MAX_SIGNATURES + " signatures");
        }
        signatures.add(value);
      } else if (values.put(name, value) != null) {
        throw new FormatException(what, "line " + number + ": '" + name + "' stands twice");
      }
    }
  }

  private NarInfo info() {
    String url = need("URL");
    if (!URL.matcher(url).matches()) {
      throw new FormatException(what, "'URL' is none that stays within the cache: '" + url + "'");
    }
    String compression = values.getOrDefault("Compression", "bzip2");
    return new NarInfo(
        dir.parse(need("StorePath")),
        url,
        compression.isEmpty() ? "none" : compression,
        optional("FileHash").map(h -> hash("FileHash", h)),
        optional("FileSize")
            .map(s -> OptionalLong.of(size("FileSize", s)))
            .orElse(OptionalLong.empty()),
        hash("NarHash", need("NarHash")),
        size("NarSize", need("NarSize")),
        references(),
        optional("Deriver").filter(d -> !d.equals("unknown-deriver")).map(StorePath::parse),
        List.copyOf(signatures),
        optional("CA").map(ContentAddress::parse),
        optional("StoreObject"),
        objectSignatures());
  }

  private List<String> objectSignatures() {
    return optional("StoreObjectSigs")
        .map(all -> List.of(all.split(" ", MAX_SIGNATURES)))
        .orElse(List.of());
  }

  private SortedSet<StorePath> references() {
    SortedSet<StorePath> references = new TreeSet<>();
    for (String name : values.getOrDefault("References", "").split(" ", -1)) {
      if (!name.isEmpty()) {
        references.add(StorePath.parse(name));
      }
    }
    return references;
  }

  private Optional<String> optional(String name) {
    return Optional.ofNullable(values.get(name)).filter(v -> !v.isEmpty());
  }

  private String need(String name) {
    return optional(name).orElseThrow(() -> new FormatException(what, "lacks '" + name + "'"));
  }

  private Hash hash(String name, String value) {
    if (value.indexOf(':') < 0 && value.indexOf('-') < 0) {
      throw new FormatException(what, "'" + name + "' names no hash algorithm");
    }
    return Hash.parse(value, Optional.of(HashAlgorithm.SHA256));
  }

  private long size(String name, String value) {
    if (value.matches("[0-9]{1,18}") && (Long.parseLong(value) > 0 || !name.equals("NarSize"))) {
      return Long.parseLong(value);
    }
    throw new FormatException(what, "'" + name + "': expected a size, not '" + value + "'");
  }
}
