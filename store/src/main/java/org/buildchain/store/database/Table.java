package org.buildchain.store.database;

/** The tables. */
public enum Table {
  META,
  /** Base name → what is known of the path. */
  PATHS,
  /** Base name, NUL, base name of one that refers to it → nothing. */
  REFERRERS,
  /** CID of an object → base name. */
  OBJECTS,
  /** Hash modulo and output → base name. */
  REALISATIONS,
  /** Base name → when the path was last used, as far as that was written down. */
  USED,
  /** CID of a block that is durable → where it stands. */
  BLOCKS,
  /** Base name of a valid path that may lack blocks → where those are. */
  PARTIAL
}
