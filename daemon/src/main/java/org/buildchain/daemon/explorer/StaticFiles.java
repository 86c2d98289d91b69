package org.buildchain.daemon.explorer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** The files of the page, which are resources of this program: nothing else can be asked for. */
final class StaticFiles {
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("index.html", "text/html; charset=utf-8"),
          Map.entry("style.css", "text/css; charset=utf-8"),
          Map.entry("icon.svg", "image/svg+xml"),
          Map.entry("app.js", SCRIPT),
          Map.entry("dom.js", SCRIPT),
          Map.entry("format.js", SCRIPT),
          Map.entry("parts.js", SCRIPT),
          Map.entry("life.js", SCRIPT),
          Map.entry("claims.js", SCRIPT),
          Map.entry("claim.js", SCRIPT),
          Map.entry("validators.js", SCRIPT),
          Map.entry("disputes.js", SCRIPT),
          Map.entry("supply.js", SCRIPT));

  private StaticFiles() {}

  /** A file and its type. */
  record Found(String type, byte[] content) {}

  /** The file at a path. */
  static Optional<Found> at(String path) throws IOException {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    if (!TYPES.containsKey(name)) {
      return Optional.empty();
    }
    try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("this program lacks its file " + name);
      }
      return Optional.of(new Found(TYPES.get(name), in.readAllBytes()));
    }
  }
}
