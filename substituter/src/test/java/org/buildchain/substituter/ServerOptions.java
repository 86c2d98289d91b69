package org.buildchain.substituter;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.buildchain.substituter.serve.CacheServer;
import org.buildchain.substituter.serve.Compression;
import org.buildchain.substituter.serve.Token;
import org.buildchain.substituter.signature.SecretKey;

/** How tests have a store served. */
public final class ServerOptions {
  private ServerOptions() {}

  /**
   * All of the store, on a free port of the loopback, as zstd.
   *
   * @param folder holds what the server keeps
   */
  public static CacheServer.Options of(
      Path folder,
      List<SecretKey> keys,
      long keptBytes,
      Optional<SSLContext> tls,
      Optional<Token> upload) {
    return new CacheServer.Options(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        keys,
        Compression.ZSTD,
        40,
        folder.resolve("cache"),
        keptBytes,
        tls,
        upload,
        false,
        folder.resolve("uploads"),
        folder.resolve("loose"),
        path -> true,
        100);
  }
}
