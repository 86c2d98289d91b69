package org.buildchain.derivation.site;

/**
 * What is done with the derivations that a caller asks for; those below them are built as usual.
 */
public enum BuildMode {
  /** What is not valid is fetched or built. */
  NORMAL,
  /** What is valid is built again, and compared. Nothing of it is stored. */
  CHECK
}
