package org.buildchain.store.path;

/** How a tree becomes the bytes that a content address digests. */
public enum IngestionMethod {
  /** The bytes of a single regular file; references are allowed. Prefix {@code text:}. */
  TEXT("text"),
  /** The bytes of a single regular file. Prefix {@code fixed:}. */
  FLAT("flat"),
  /** The tree's NAR. Prefix {@code fixed:r:}. */
  NAR("nar");

  private final String nixName;

  IngestionMethod(String nixName) {
    this.nixName = nixName;
  }

  /** The name in JSON and in {@code outputHashMode}. */
  public String nixName() {
    return nixName;
  }

  /** What stands before the algorithm in a content address or an output's specification. */
  public String prefix() {
    return switch (this) {
      case TEXT -> "text:";
      case FLAT -> "";
      case NAR -> "r:";
    };
  }
}
