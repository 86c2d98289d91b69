package org.buildchain.diff.report;

/**
 * What makes two files differ. The names are stored as evidence in disputes: one may be added, none
 * changes its meaning or goes. docs/formats.md, "Differences", lists them.
 */
public enum DifferenceClass {
  /** A date, a time of day, or seconds since 1970. */
  TIME_STAMP("time-stamp", "time stamps"),
  /** The folder in which it was built. */
  BUILD_PATH("build-path", "paths of the build folder"),
  /** The same entries, lines or words in another order. */
  ENTRY_ORDER("entry-order", "order of entries"),
  /** What a compiler or linker says of itself. */
  COMPILER_NOTE("compiler-note", "compiler notes"),
  /** The digest that a linker puts into what it makes. */
  BUILD_ID("build-id", "build ids"),
  /** What debuggers read. */
  DEBUG_INFO("debug-info", "debug info"),
  /** UUIDs, digests, random numbers, addresses, names of temporary files, process numbers. */
  RANDOM("random", "random values or digests"),
  /** Names of machines and users. */
  HOST_OR_USER("host-or-user", "names of machines or users"),
  /** What kind of machine built it: its kernel, its processors. */
  MACHINE("machine", "kernel or processors of the machine"),
  /** Time zones, names of locales, forms of numbers. */
  LOCALE("locale", "locale or time zone"),
  /** Permission bits. */
  PERMISSIONS("permissions", "permissions"),
  /** Where a link leads. */
  LINK_TARGET("link-target", "targets of links"),
  /** Owners, versions, comments and remembered names in archives. */
  ARCHIVE_METADATA("archive-metadata", "metadata of archives"),
  /** The same content packed in another way. */
  COMPRESSION("compression", "compression"),
  /** The hash part of a store path. */
  STORE_PATH("store-path", "hashes of store paths"),
  /** Tables of symbols and of names. */
  SYMBOLS("symbols", "symbols"),
  /** What one side alone has. */
  MISSING("missing", "there on one side only"),
  /** A file here, a folder or a link there. */
  FILE_TYPE("file-type", "types of files"),
  /** Instructions, or data that they use, with no other cause known. */
  CODE("code", "code"),
  /** Something that was not understood, or is past a limit. */
  UNKNOWN("unknown", "not understood");

  private final String label;
  private final String words;

  DifferenceClass(String label, String words) {
    this.label = label;
    this.words = words;
  }

  /** The stable name, of lower-case letters and hyphens. */
  public String label() {
    return label;
  }

  /** The name for people. */
  public String words() {
    return words;
  }
}
