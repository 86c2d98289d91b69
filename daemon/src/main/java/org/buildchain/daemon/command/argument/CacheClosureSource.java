package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.language.EvalHost;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.fetch.CacheClosures;

/** Closures that an expression of a command takes from the caches that it names. */
final class CacheClosureSource implements EvalHost.Closures {
  private final CommandContext context;
  private final Settings settings;

  /** What fails is evaluated again, to tell it as one core meets it: that does nothing twice. */
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  private final Map<List<String>, StorePath> addressed = new ConcurrentHashMap<>();

  CacheClosureSource(CommandContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  @Override
  public void ensure(StorePath path) throws IOException {
    try {
      new Builds(context, settings, false).realise(List.of(new DerivedPath.Opaque(path)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (BuildException | StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void copy(String cache, StorePath path) throws IOException {
    if (context.services().store().isValid(path)) {
      return;
    }
    from(
        cache,
        closures -> {
          closures.requireTrusted(path, this::note);
          Settings fromThere = settings.with("substituters", cache).with("substitute", "true");
          new Builds(context, fromThere, false).realise(List.of(new DerivedPath.Opaque(path)));
          return path;
        });
  }

  @Override
  public StorePath addressByContent(String cache, StorePath path) throws IOException {
    List<String> key = List.of(cache, path.toString());
    Optional<StorePath> before =
        Optional.ofNullable(addressed.get(key)).filter(context.services().store()::isValid);
    if (before.isPresent()) {
      return before.get();
    }
    StorePath became =
        from(
            cache,
            closures ->
                closures.addressByContent(
                    path, context.services().root().resolve("tmp"), this::note));
    addressed.put(key, became);
    return became;
  }

  private void note(String text) {
    if (said.add(text)) {
      context.messages().note(text);
    }
  }

  /** Takes something from a cache. */
  private interface Taking {
    StorePath from(CacheClosures closures) throws IOException, InterruptedException;
  }

  private StorePath from(String cache, Taking taking) throws IOException {
    try {
      return taking.from(context.services().closures(cache, settings));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (FormatException | StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
