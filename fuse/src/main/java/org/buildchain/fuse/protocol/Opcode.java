package org.buildchain.fuse.protocol;

/** What the kernel asks for: {@code enum fuse_opcode}, those that a read-only file system meets. */
public final class Opcode {
  public static final int LOOKUP = 1;
  public static final int FORGET = 2;
  public static final int GETATTR = 3;
  public static final int READLINK = 5;
  public static final int OPEN = 14;
  public static final int READ = 15;
  public static final int STATFS = 17;
  public static final int RELEASE = 18;
  public static final int FLUSH = 25;
  public static final int INIT = 26;
  public static final int OPENDIR = 27;
  public static final int READDIR = 28;
  public static final int RELEASEDIR = 29;
  public static final int INTERRUPT = 36;
  public static final int DESTROY = 38;
  public static final int BATCH_FORGET = 42;
  public static final int READDIRPLUS = 44;

  private Opcode() {}
}
