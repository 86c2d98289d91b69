package org.buildchain.daemon.host;

import java.nio.file.Path;
import java.util.Map;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.Store;

/** Fetching for one command. */
public final class Fetching {
  private Fetching() {}

  /**
   * Fetches into {@code store}.
   *
   * @param folder for temporary files and the cache of what was fetched
   * @param env the caller's environment, for proxies
   * @param now seconds since 1970
   */
  public static StoreEvalHost.FetchFunction of(
      Store store, Path folder, Map<String, String> env, Settings settings, long now) {
    Fetcher fetcher = new Fetcher(store, folder, env, settings);
    return (url, name, unpack, expected) -> fetcher.fetch(url, name, unpack, expected, now);
  }
}
