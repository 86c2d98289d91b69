package org.buildchain.fuse.protocol;

/** Flags of INIT, {@code FUSE_…} in linux/fuse.h, and of the answers to OPEN. */
public final class Capability {
  public static final int ASYNC_READ = 1;
  public static final int AUTO_INVAL_DATA = 1 << 12;
  public static final int DO_READDIRPLUS = 1 << 13;
  public static final int NO_OPEN_SUPPORT = 1 << 17;
  public static final int PARALLEL_DIROPS = 1 << 18;
  public static final int ABORT_ERROR = 1 << 21;
  public static final int MAX_PAGES = 1 << 22;
  public static final int CACHE_SYMLINKS = 1 << 23;
  public static final int NO_OPENDIR_SUPPORT = 1 << 24;

  /** {@code FOPEN_KEEP_CACHE}. */
  public static final int KEEP_CACHE = 1 << 1;

  /** {@code FOPEN_CACHE_DIR}. */
  public static final int CACHE_DIR = 1 << 3;

  private Capability() {}
}
