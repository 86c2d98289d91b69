package org.buildchain.daemon.host.download;

import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.Map;
import org.buildchain.derivation.site.UrlFetcher;

/** Downloads for {@code builtin:fetchurl}. */
public final class UrlDownloads implements UrlFetcher {
  private final Downloader downloader;

  /**
   * @param env may name proxies
   * @param connectSeconds how long to wait for a connection; 0 for the system's patience
   */
  public UrlDownloads(Map<String, String> env, long connectSeconds) {
    this.downloader = new Downloader(env, connectSeconds);
  }

  /** The proxies that an environment names, as curl reads it. */
  public static ProxySelector proxies(Map<String, String> env) {
    return new ProxyFromEnvironment(env);
  }

  @Override
  public void fetch(String url, Path target) throws IOException {
    downloader.download(url, target);
  }
}
