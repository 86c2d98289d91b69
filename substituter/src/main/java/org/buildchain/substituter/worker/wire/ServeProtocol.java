package org.buildchain.substituter.worker.wire;

/**
 * Numbers of the protocol of {@code nix-store --serve}. Source: {@code serve-protocol.hh} of Nix
 * 2.26.
 */
public final class ServeProtocol {
  public static final long CLIENT_MAGIC = 0x390c9deb;
  public static final long SERVER_MAGIC = 0x5452eecb;

  /** 2.7, that of Nix 2.8 and of Nix 2.26. */
  public static final int VERSION = 0x207;

  /** 2.5, that of Nix 2.3: the oldest that takes single paths. */
  public static final int OLDEST = 0x205;

  /** The version since which a build's result tells what its outputs became. */
  public static final int OUTPUTS = 0x206;

  /** The version since which a build's options say whether its folder is kept. */
  public static final int KEEP_FAILED = 0x207;

  public static final int QUERY_VALID_PATHS = 1;
  public static final int QUERY_PATH_INFOS = 2;
  public static final int DUMP_STORE_PATH = 3;
  public static final int BUILD_PATHS = 6;
  public static final int QUERY_CLOSURE = 7;
  public static final int BUILD_DERIVATION = 8;
  public static final int ADD_TO_STORE_NAR = 9;

  private ServeProtocol() {}
}
