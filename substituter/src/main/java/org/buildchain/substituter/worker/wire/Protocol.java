package org.buildchain.substituter.worker.wire;

/** Numbers of the protocol. Source: {@code worker-protocol.hh}, {@code logging.hh} of Nix 2.26. */
public final class Protocol {
  public static final long CLIENT_MAGIC = 0x6e697863;
  public static final long DAEMON_MAGIC = 0x6478696f;

  /** 1.38, that of Nix 2.26. */
  public static final int VERSION = 0x126;

  /** 1.34, that of Nix 2.8; who speaks an older one is refused. */
  public static final int OLDEST = 0x122;

  /** The version since which the daemon says whether it trusts the client. */
  public static final int SAYS_TRUST = 0x123;

  /** The version since which a build's result holds its CPU times. */
  public static final int CPU_TIMES = 0x125;

  /** The version since which both sides list their features. */
  public static final int FEATURES = 0x126;

  public static final long NEXT = 0x6f6c6d67;
  public static final long LAST = 0x616c7473;
  public static final long ERROR = 0x63787470;
  public static final long START_ACTIVITY = 0x53545254;
  public static final long STOP_ACTIVITY = 0x53544f50;
  public static final long RESULT = 0x52534c54;

  private Protocol() {}
}
