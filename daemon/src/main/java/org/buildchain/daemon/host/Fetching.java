package org.buildchain.daemon.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.daemon.host.download.AccessTokens;
import org.buildchain.daemon.host.download.Downloader;
import org.buildchain.daemon.host.download.FetchCache;
import org.buildchain.daemon.host.download.Forges;
import org.buildchain.daemon.host.file.StoreFiles;
import org.buildchain.daemon.host.repository.Git;
import org.buildchain.daemon.host.repository.GitFetcher;
import org.buildchain.daemon.host.repository.GitMirrors;
import org.buildchain.daemon.host.repository.MercurialFetcher;
import org.buildchain.daemon.host.repository.RepositoryLocks;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.language.EvalHost;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.Registry;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/** Fetching for one command. */
public final class Fetching {
  private Fetching() {}

  /** Fetches URLs into {@code store}, and no trees; the parameters are those of {@code of}. */
  public static StoreEvalHost.FetchFunction urls(
      Store store, Path folder, Map<String, String> env, Settings settings, long now) {
    Fetcher fetcher = new Fetcher(store, folder, env, settings);
    return (url, name, unpack, expected) -> fetcher.fetch(url, name, unpack, expected, now);
  }

  /**
   * Fetches into {@code store}.
   *
   * @param folder for temporary files and the cache of what was fetched
   * @param env the caller's environment, for proxies
   * @param now seconds since 1970
   * @param registry of flakes, before those of the caller and the machine
   * @param locks the daemon's
   * @param warnings gets what the user should know
   * @param cancelled whether the caller has gone away
   */
  public static StoreEvalHost.FetchFunction of(
      Store store,
      Path folder,
      Map<String, String> env,
      Settings settings,
      long now,
      Registry registry,
      RepositoryLocks locks,
      Consumer<String> warnings,
      BooleanSupplier cancelled) {
    StoreEvalHost.FetchFunction urls = urls(store, folder, env, settings, now);
    Path fetched = folder.resolve("fetched");
    Function<Path, Git> programs = repository -> new Git(repository, env, cancelled);
    // What fails is evaluated again, to tell it as one core meets it: that says nothing new.
    Set<String> said = ConcurrentHashMap.newKeySet();
    Consumer<String> once =
        message -> {
          if (said.add(message)) {
            warnings.accept(message);
          }
        };
    Fetcher asking = new Fetcher(store, folder, env, settings);
    Forges.Texts texts =
        (url, credential) -> {
          StorePath file = asking.file(url, "source", credential, now);
          return new StoreFiles(store).readFile(file, store.dir().print(file));
        };
    GitMirrors mirrors =
        new GitMirrors(
            fetched.resolve("git"), programs, locks, settings.number("tarball-ttl"), now, once);
    TreeFetcher trees =
        new TreeFetcher(
            store,
            folder,
            new Downloader(env, settings.number("connect-timeout")),
            new FetchCache(fetched),
            new GitFetcher(mirrors, programs, folder, once),
            new Forges(texts, new AccessTokens(settings.list("access-tokens"), once)),
            new MercurialFetcher(
                folder, env, locks, settings.number("tarball-ttl"), now, once, cancelled));
    FlakeRegistries registries =
        new FlakeRegistries(
            registry,
            env,
            settings,
            url -> urls.fetch(url, "flake-registry.json", false, Optional.empty()),
            store,
            once);
    return new StoreEvalHost.FetchFunction() {
      @Override
      public StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
          throws IOException {
        return urls.fetch(url, name, unpack, expected);
      }

      @Override
      public EvalHost.FetchedTree fetchTree(Input input) throws IOException {
        return trees.fetch(input);
      }

      @Override
      public Registry.Resolved resolve(Input reference) throws IOException {
        return registries.resolve(reference);
      }
    };
  }
}
