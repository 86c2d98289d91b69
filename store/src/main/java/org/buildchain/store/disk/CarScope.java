package org.buildchain.store.disk;

/** How far a CAR file goes from its root, as the trustless gateway's {@code dag-scope}. */
public enum CarScope {
  /** The root's block alone. */
  BLOCK,
  /** All of a file, or what tells the names in a folder. */
  ENTITY,
  /** Everything that the root leads to. */
  ALL
}
