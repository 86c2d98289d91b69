package org.buildchain.substituter.worker;

/** Numbers of the protocol. Source: {@code worker-protocol.hh}, {@code logging.hh} of Nix 2.26. */
final class Protocol {
  static final long CLIENT_MAGIC = 0x6e697863;
  static final long DAEMON_MAGIC = 0x6478696f;

  /** 1.38, that of Nix 2.26. */
  static final int VERSION = 0x126;

  /** 1.34, that of Nix 2.8; who speaks an older one is refused. */
  static final int OLDEST = 0x122;

  /** The version since which the daemon says whether it trusts the client. */
  static final int SAYS_TRUST = 0x123;

  /** The version since which a build's result holds its CPU times. */
  static final int CPU_TIMES = 0x125;

  /** The version since which both sides list their features. */
  static final int FEATURES = 0x126;

  static final long NEXT = 0x6f6c6d67;
  static final long LAST = 0x616c7473;
  static final long ERROR = 0x63787470;
  static final long START_ACTIVITY = 0x53545254;
  static final long STOP_ACTIVITY = 0x53544f50;
  static final long RESULT = 0x52534c54;

  private Protocol() {}
}
