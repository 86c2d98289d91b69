package org.buildchain.substituter.serve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.gateway.TrustlessGateway;
import org.buildchain.substituter.http.HttpServer;
import org.buildchain.substituter.http.Request;
import org.buildchain.substituter.http.Response;
import org.buildchain.substituter.signature.SecretKey;

/**
 * A Nix binary cache over HTTP/1.1: narinfos, NARs (plain, zstd, xz), listings, logs, realisations,
 * all made from the store while they are sent; and blocks and CAR files as a trustless gateway of
 * IPFS. Clients are anybody: they can read all of the store and change nothing. One whose request's
 * head has not come within a minute, or who stops giving or taking, is cut off.
 */
public final class CacheServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int MAX_PATH = 1024;

  /** The hash part of no path. */
  private static final String NO_HASH = "0".repeat(32);

  private static final String IPFS = "/ipfs/";

  private static final Answer READ_ONLY =
      Answer.message(405, "this cache can only be read").with("Allow", "GET, HEAD");

  /**
   * How a store is served.
   *
   * @param address where to listen; port 0 takes a free one
   * @param keys that sign
   * @param compression of the NARs that narinfos name
   * @param priority among the caches that a client has; the lowest number is asked first
   * @param kept a folder for NARs that are kept as files: compressed ones, and, if narinfos name
   *     plain ones, those that are asked for again
   * @param keptBytes how many bytes of them to keep
   * @param tls for HTTPS; without it HTTP is spoken
   * @param upload admits whoever has it to add paths; without it nobody can
   * @param certificates whether a client certificate that {@code tls} trusts admits as well
   * @param uploads a folder for what is being uploaded
   * @param admits which store paths Nix clients get
   * @param loose a folder of blocks by CID that are served besides those of the store
   * @param connections how many there may be at a time
   */
  public record Options(
      InetSocketAddress address,
      List<SecretKey> keys,
      Compression compression,
      int priority,
      Path kept,
      long keptBytes,
      Optional<SSLContext> tls,
      Optional<Token> upload,
      boolean certificates,
      Path uploads,
      Path loose,
      Predicate<StorePath> admits,
      int connections) {}

  private final HttpServer server;
  private final DiskStore store;
  private final int connections;
  private final KeptNars kept;
  private final Cache cache;
  private final TrustlessGateway gateway;
  private final Admission admission;
  private final Uploads uploads;
  private final Consumer<String> problems;
  private final Consumer<Served> watcher;
  private final Counters counters = new Counters();

  /**
   * Begins to serve.
   *
   * @param problems is told of requests that could not be answered for reasons on this side, a line
   *     each
   * @param watcher is told of every request when it is over, in the thread that has answered it
   * @throws IOException if the address can't be listened at
   */
  public CacheServer(
      DiskStore store,
      BuildLogs logs,
      Options options,
      Consumer<String> problems,
      Consumer<Served> watcher)
      throws IOException {
    this(store, logs, options, problems, watcher, PATIENCE, Clock.systemUTC());
  }

  /**
   * @param patience for a request's head to come, and for each reading and writing
   * @param clock says which files have not been changed for a while
   */
  CacheServer(
      DiskStore store,
      BuildLogs logs,
      Options options,
      Consumer<String> problems,
      Consumer<Served> watcher,
      Duration patience,
      Clock clock)
      throws IOException {
    this.problems = problem -> problems.accept(ServeLog.printable(problem));
    this.watcher = watcher;
    this.connections = options.connections();
    this.store = store;
    this.gateway = new TrustlessGateway(store, options.loose());
    this.admission =
        new Admission(options.upload(), options.certificates() && options.tls().isPresent());
    this.uploads = new Uploads(store, options.uploads());
    int jobs = Runtime.getRuntime().availableProcessors();
    this.kept = new KeptNars(options.kept(), options.keptBytes(), jobs);
    this.cache =
        new Cache(
            store,
            logs,
            new NarInfos(store.dir(), options.keys(), options.compression()),
            kept,
            new PlainNars(store, kept, clock),
            options.priority(),
            options.compression(),
            options.admits());
    this.server =
        new HttpServer(
            new HttpServer.Options(
                options.address(),
                options.tls(),
                options.certificates(),
                options.connections(),
                patience),
            new Requests());
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  private final class Requests implements HttpServer.Handler {
    @Override
    public void handle(Request request, Response response) throws IOException {
      CacheServer.this.handle(request, response);
    }

    @Override
    public void refused(InetAddress from, String why) {
      tell(Served.refused(from, why));
    }
  }

  private void tell(Served served) {
    counters.add(served);
    watcher.accept(served);
  }

  private void handle(Request request, Response response) throws IOException {
    Exchange exchange = new Exchange(request, response);
    long begun = System.nanoTime();
    Optional<String> problem = Optional.empty();
    try {
      respond(request, response, exchange);
    } catch (IOException | RuntimeException e) {
      problem = Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
      throw e;
    } finally {
      tell(
          new Served(
              request.peer().address(),
              request.method().equals("PUT") ? admission.user(request) : Optional.empty(),
              request.method(),
              request.path(),
              response.status(),
              response.sent(),
              Duration.ofNanos(System.nanoTime() - begun),
              problem.orElse(exchange.said()),
              problem.isEmpty()));
    }
  }

  private void respond(Request request, Response response, Exchange exchange) throws IOException {
    String path = request.path();
    try {
      switch (request.method()) {
        case "GET", "HEAD" -> {
          if (path.length() > MAX_PATH) {
            exchange.send(Answer.message(414, "no path here is so long"));
          } else {
            answer(request, exchange, path);
          }
        }
        case "PUT" -> exchange.send(put(request, path));
        default -> exchange.send(READ_ONLY);
      }
    } catch (StoreException | FormatException e) {
      problems.accept(path + ": " + e.getMessage());
      if (!response.hasBegun()) {
        exchange.send(Answer.message(500, "the store has a problem with this"));
        return;
      }
      // The connection closes in the middle of the answer: it must not look complete.
      throw new IOException(e.getMessage(), e);
    }
  }

  private Answer put(Request request, String path) throws IOException {
    if (!admission.isPossible()) {
      return READ_ONLY;
    }
    Optional<String> refusal = admission.refusal(request);
    if (refusal.isPresent()) {
      return Answer.message(401, refusal.get()).with("WWW-Authenticate", "Basic realm=\"bc\"");
    }
    String length = request.header("Content-Length");
    try (Store.Use _ = store.use()) {
      return uploads.put(
          path.substring(Math.min(1, path.length())),
          request.header("Content-Range"),
          length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1,
          request.body());
    } catch (IOException | StoreException e) {
      if (!Room.isLacking(e)) {
        throw e;
      }
      problems.accept(path + ": the disk is full, so that it was not taken: " + e.getMessage());
      return Answer.message(507, "the disk of this cache is full: nothing of it was kept");
    }
  }

  private void answer(Request request, Exchange exchange, String path) throws IOException {
    if (admission.isPossible()) {
      Optional<Answer> held = uploads.holds(path.substring(Math.min(1, path.length())));
      if (held.isPresent()) {
        exchange.send(held.get());
        return;
      }
    }
    if (path.equals("/health")) {
      exchange.send(health());
      return;
    }
    if (!path.startsWith(IPFS)) {
      // Parts are parts of the plain bytes.
      boolean part = !request.header("Range").isEmpty();
      cache.get(
          uploads.now(path.substring(Math.min(1, path.length()))).map(p -> "/" + p).orElse(path),
          part ? "" : request.header("Accept-Encoding"),
          exchange::send);
      return;
    }
    try (Store.Use _ = store.use()) {
      exchange.send(
          Answer.of(
              gateway.get(
                  path.substring(IPFS.length()), request.query(), request.header("Accept"))));
    }
  }

  /** Whether the store can be read: 200 if so, 503 if not. */
  Answer health() {
    try {
      Optional<StorePath> unused = store.byHashPart(NO_HASH);
      return Answer.text("text/plain; charset=utf-8", "ok\n");
    } catch (RuntimeException e) {
      // Whatever it is: who asks this wants no silence.
      problems.accept("health: " + e.getMessage());
      return Answer.message(503, "the store can't be read").with("Cache-Control", "no-store");
    }
  }

  /** Says how it does. */
  void write(MetricsText text) throws IOException {
    text.gauge("bc_serve_healthy", "1 if the store can be read, as at /health.")
        .add(health().status() == 200 ? 1 : 0);
    counters.write(text);
    text.gauge("bc_serve_connections", "Connections of clients that are open.")
        .add(server.connections());
    text.gauge("bc_serve_connections_limit", "As many may be open.").add(connections);
    text.counter("bc_serve_connections_refused_total", "Closed at once, since there were too many.")
        .add(server.refused());
    KeptNars.Size size = kept.size();
    text.gauge("bc_serve_kept_nars", "NARs that are kept as files.").add(size.files());
    text.gauge("bc_serve_kept_nar_bytes", "Bytes of NARs that are kept.").add(size.bytes());
    text.gauge("bc_serve_kept_nar_limit_bytes", "So many are kept at most.").add(kept.maxBytes());
    uploads.write(text);
  }

  /** Ends what is being sent, and the service. */
  @Override
  public void close() {
    server.close();
  }
}
