package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.BlockSources;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.net.Authorities;
import org.buildchain.substituter.net.AwsSignature;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.net.Login;
import org.buildchain.substituter.net.Netrc;
import org.buildchain.substituter.net.S3Location;
import org.buildchain.substituter.net.Stalls;
import org.buildchain.substituter.net.WebClient;
import org.buildchain.substituter.signature.PublicKey;

/**
 * Binary caches as a source of store objects, and what is remembered of them from one command to
 * the next. One for a daemon; thread-safe.
 */
public final class Caches implements AutoCloseable {
  private static final long MEMORY = 16L << 20;
  private static final int MAX_CACHES = 64;

  /**
   * Which caches a command asks, and what it believes.
   *
   * @param urls {@code http://}, {@code https://}, {@code s3://} and {@code file://}, with Nix's
   *     parameters {@code priority}, {@code trusted} and {@code store}, and for S3 {@code region},
   *     {@code endpoint}, {@code scheme} and {@code profile}
   * @param trusted keys whose signatures count
   * @param requireSignatures whether a path needs them, or a content address
   * @param signatures how many of the keys must vouch for a path's content; they may have signed in
   *     different caches
   * @param stalled the time for which a cache may send nothing
   * @param positive the time for which an answer is not asked for again
   * @param negative the time for which it is not asked again whether there is one now
   * @param netrc names and passwords for hosts
   * @param lazy whether a path's blocks may come when they are read, where somebody vouches for
   *     them as well
   */
  public record Options(
      List<String> urls,
      List<PublicKey> trusted,
      boolean requireSignatures,
      int signatures,
      Duration stalled,
      Duration positive,
      Duration negative,
      Optional<Netrc> netrc,
      boolean lazy) {
    /** The same, but everything that a cache says is believed. */
    Options believing() {
      return new Options(
          urls, trusted, false, signatures, stalled, positive, negative, netrc, lazy);
    }
  }

  private record Guard(Duration patience, Stalls stalls) {}

  private final WebClient client;
  private final Clock clock;
  private final Map<String, String> env;
  private final Path home;
  private final Memory memory;
  private final List<Guard> guards = new ArrayList<>();

  /**
   * @param connect the time within which a connection must be made; zero for the system's patience
   * @param env with {@code AWS_…} variables, and those that name {@link Authorities}
   * @param home where {@code .aws/credentials} is
   */
  public Caches(
      Clock clock, ProxySelector proxies, Duration connect, Map<String, String> env, Path home) {
    this.client = new WebClient(proxies, connect, Authorities.of(env));
    this.clock = clock;
    this.env = Map.copyOf(env);
    this.home = home;
    this.memory = new Memory(clock, MEMORY);
  }

  /**
   * A cache that a command asks.
   *
   * @param priority that the user gave it
   * @param trusted whether its paths need no signatures
   * @param dir the store folder that it is for, if the user named one
   */
  record Listed(BinaryCache files, OptionalInt priority, boolean trusted, Optional<StoreDir> dir) {}

  /**
   * The caches as one source.
   *
   * @throws FormatException if a URL is none, or of another kind
   */
  public Substituter substituter(Options options, DiskStore store) {
    if (options.urls().size() > MAX_CACHES) {
      throw new FormatException("setting 'substituters'", "names more than " + MAX_CACHES);
    }
    List<Listed> listed = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String url : options.urls()) {
      if (seen.add(url)) {
        listed.add(parse(url, options));
      }
    }
    return listed.isEmpty()
        ? Substituter.NONE
        : new CacheSubstituter(listed, options, store, memory);
  }

  /**
   * What one cache has.
   *
   * @param options that hold besides the URLs among them
   * @throws FormatException if the URL is none, or of another kind
   */
  public CacheClosures closures(String url, Options options, DiskStore store) {
    Caches.Listed cache = parse(url, options);
    return new CacheClosures(
        cache.files().url(),
        new CacheSubstituter(List.of(cache), options.believing(), store, memory),
        new CacheSubstituter(List.of(cache), options, store, memory),
        store);
  }

  /**
   * Where the blocks are of paths that were taken lazily: the caches that they were taken from,
   * then those that {@code options} names.
   */
  public BlockSources blocks(Options options) {
    return (places, cid) -> {
      Set<String> urls = new LinkedHashSet<>(places);
      urls.addAll(options.urls());
      List<String> problems = new ArrayList<>();
      for (String url : urls) {
        try {
          return GatewayBlocks.get(parse(url, options).files(), cid);
        } catch (IOException | FormatException e) {
          if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
          }
          problems.add(e.getMessage());
        }
      }
      throw new IOException(
          "block " + cid + " can't be had from anywhere: " + String.join("; ", problems));
    };
  }

  private Listed parse(String text, Options options) {
    CacheUrl url = CacheUrl.parse(text);
    OptionalInt priority = OptionalInt.empty();
    boolean trusted = false;
    Optional<StoreDir> dir = Optional.empty();
    for (Map.Entry<String, String> parameter : url.parameters().entrySet()) {
      String value = parameter.getValue();
      switch (parameter.getKey()) {
        case "priority" -> {
          if (!value.matches("-?[0-9]{1,9}")) {
            throw new FormatException("substituter '" + text + "'", "'priority' must be a number");
          }
          priority = OptionalInt.of(Integer.parseInt(value));
        }
        case "trusted" -> trusted = value.equals("1") || value.equals("true");
        case "store" -> dir = Optional.of(new StoreDir(value));
        default -> {
          // What Nix has besides is for writing caches, or says where this one is.
        }
      }
    }
    return new Listed(cache(url, options), priority, trusted, dir);
  }

  private BinaryCache cache(CacheUrl url, Options options) {
    return switch (url.scheme()) {
      case "http", "https" ->
          http(url.place(), url.httpRoot(), options, n -> n, Login.of(options.netrc()));
      case "s3" -> {
        S3Location s3 = S3Location.of(url, env, home, clock);
        yield http(url.place(), s3.root(), options, AwsSignature::spelled, s3.login());
      }
      case "file" -> new FolderCache(url.place(), url.folder());
      default ->
          throw new FormatException(
              "substituter '" + url.text() + "'",
              "expected 'http://', 'https://', 's3://' or 'file://'");
    };
  }

  private BinaryCache http(
      String url, URI at, Options options, UnaryOperator<String> spelling, Login login) {
    return new HttpCache(
        url, at, client, options.stalled(), stalls(options.stalled()), spelling, login);
  }

  private synchronized Stalls stalls(Duration patience) {
    for (Guard guard : guards) {
      if (guard.patience().equals(patience)) {
        return guard.stalls();
      }
    }
    Guard guard = new Guard(patience, new Stalls(patience));
    guards.add(guard);
    return guard.stalls();
  }

  /** Ends what runs, and forgets. */
  @Override
  public synchronized void close() {
    guards.forEach(g -> g.stalls().close());
    client.close();
  }
}
