package org.buildchain.substituter.worker;

/**
 * Numbers of the protocol of {@code nix-store --serve}. Source: {@code serve-protocol.hh} of Nix
 * 2.26.
 */
final class ServeProtocol {
  static final long CLIENT_MAGIC = 0x390c9deb;
  static final long SERVER_MAGIC = 0x5452eecb;

  /** 2.7, that of Nix 2.8 and of Nix 2.26. */
  static final int VERSION = 0x207;

  /** 2.5, that of Nix 2.3: the oldest that takes single paths. */
  static final int OLDEST = 0x205;

  /** The version since which a build's result tells what its outputs became. */
  static final int OUTPUTS = 0x206;

  /** The version since which a build's options say whether its folder is kept. */
  static final int KEEP_FAILED = 0x207;

  static final int QUERY_VALID_PATHS = 1;
  static final int QUERY_PATH_INFOS = 2;
  static final int DUMP_STORE_PATH = 3;
  static final int BUILD_PATHS = 6;
  static final int QUERY_CLOSURE = 7;
  static final int BUILD_DERIVATION = 8;
  static final int ADD_TO_STORE_NAR = 9;

  private ServeProtocol() {}
}
