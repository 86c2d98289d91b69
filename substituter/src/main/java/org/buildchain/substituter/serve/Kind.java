package org.buildchain.substituter.serve;

import java.util.Locale;

/** What a request is about, by its path. */
enum Kind {
  CACHE_INFO,
  NARINFO,
  NAR,
  LISTING,
  LOG,
  REALISATION,
  DEBUG_INFO,
  /** Blocks by CID. */
  BLOCKS,
  HEALTH,
  OTHER;

  /** What a path, which need not be there, would be. */
  static Kind of(String path) {
    if (path.equals("/nix-cache-info")) {
      return CACHE_INFO;
    }
    if (path.equals("/health")) {
      return HEALTH;
    }
    if (path.endsWith(".narinfo")) {
      return NARINFO;
    }
    if (path.endsWith(".ls")) {
      return LISTING;
    }
    int end = path.indexOf('/', 1);
    return switch (end < 0 ? "" : path.substring(0, end + 1)) {
      case "/nar/" -> NAR;
      case "/log/" -> LOG;
      case "/realisations/" -> REALISATION;
      case "/debuginfo/" -> DEBUG_INFO;
      case "/ipfs/" -> BLOCKS;
      default -> OTHER;
    };
  }

  /** A word of lower-case letters and hyphens. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
