package org.buildchain.daemon.explorer;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.index.ChainIndex;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the page and what it is made from, on this machine only, and keeps an index of the chain
 * up to date meanwhile. It can be read and nothing else.
 *
 * <p>Pages of other sites can make a browser ask here. They can't read the answers (no CORS
 * headers, {@code Cross-Origin-Resource-Policy}), also not by a name of theirs that leads here:
 * only this machine's names are answered. What the chain holds was written by anybody: the page
 * shows it as text, and its Content-Security-Policy lets no script run but its own files.
 */
public final class ExplorerServer implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int MAX_PATH = 256;
  private static final int WORTH_PACKING = 1024;
  private static final String API = "/api/";
  private static final String JSON = "application/json";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
          + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final HttpServer server;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Consumer<String> problems;
  private final ExplorerSource source;
  private final ChainIndex index;
  private final BlockTimes times;
  private final ClaimJson claims;
  private final ValidatorJson validators;
  private final Disputes disputes;
  private final SupplyJson supply;
  private final Set<String> names;
  private volatile String problem = "";

  /**
   * Begins to serve.
   *
   * @param port 0 takes a free one
   * @param everyMillis how often to look for new blocks
   * @param problems is told of what goes wrong on this side
   * @throws IOException if the port can't be listened at
   */
  public ExplorerServer(
      ExplorerSource source, int port, long everyMillis, Consumer<String> problems)
      throws IOException {
    this.source = source;
    this.problems = problems;
    this.index = new ChainIndex(source.logs());
    this.times = new BlockTimes(source.logs());
    this.disputes = new Disputes(source, times, index);
    this.claims = new ClaimJson(source, times, disputes);
    this.validators = new ValidatorJson(index);
    this.supply = new SupplyJson(source);
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
    int taken = server.getAddress().getPort();
    this.names = Set.of("127.0.0.1:" + taken, "localhost:" + taken);
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bc-explorer-", 0).factory());
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    threads.execute(() -> follow(everyMillis));
    server.start();
  }

  /** Where the page is. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void follow(long everyMillis) {
    try {
      do {
        try {
          index.update();
          problem = "";
        } catch (NodeException | FormatException e) {
          // It may be back in a moment.
          if (!e.getMessage().equals(problem)) {
            problems.accept(e.getMessage());
          }
          problem = e.getMessage();
        }
      } while (!closed.await(everyMillis, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // It is being closed.
    }
  }

  private void handle(HttpExchange http) throws IOException {
    try (http) {
      String host = http.getRequestHeaders().getFirst("Host");
      String path = http.getRequestURI().getPath();
      if (host == null || !names.contains(host)) {
        refuse(http, 403, "this page answers at " + url() + " only");
      } else if (!http.getRequestMethod().equals("GET")
          && !http.getRequestMethod().equals("HEAD")) {
        refuse(http, 405, "this page can only be read");
      } else if (path == null || path.length() > MAX_PATH) {
        refuse(http, 404, "there is no such page");
      } else if (path.startsWith(API)) {
        api(http, path.substring(API.length()));
      } else {
        Optional<StaticFiles.Found> file = StaticFiles.at(path);
        if (file.isPresent()) {
          send(http, 200, file.get().type(), file.get().content());
        } else {
          refuse(http, 404, "there is no such page");
        }
      }
    }
  }

  private void api(HttpExchange http, String what) throws IOException {
    try {
      Optional<ObjectNode> answer = answer(what, Query.of(http.getRequestURI().getRawQuery()));
      if (answer.isPresent()) {
        send(http, 200, JSON, Json.bytes(answer.get()));
      } else {
        refuse(http, 404, "there is nothing of this name on the chain");
      }
    } catch (NodeException e) {
      refuse(http, 503, e.getMessage());
    } catch (FormatException e) {
      refuse(http, 400, e.getMessage());
    } catch (RuntimeException e) {
      problems.accept("explorer: " + what + ": " + e);
      refuse(http, 500, "this program has a problem with this; its messages say which");
    }
  }

  private Optional<ObjectNode> answer(String what, Query query) {
    int slash = what.indexOf('/');
    String kind = slash < 0 ? what : what.substring(0, slash);
    String name = slash < 0 ? "" : what.substring(slash + 1);
    ChainIndex.Snapshot chain = index.snapshot();
    return switch (kind + (slash < 0 ? "" : "/")) {
      case "summary" -> Optional.of(summary(chain));
      case "claims" -> Optional.of(claims.list(chain, query));
      case "claims/" -> chain.claim(Word.parse(name)).map(claims::all);
      case "validators" -> Optional.of(validators.list(query));
      case "validators/" -> validators.one(Address.parse(name));
      case "disputes" -> Optional.of(disputes.list(query));
      case "disputes/" -> disputes.all(Word.parse(name));
      case "supply" -> Optional.of(supply.all(chain));
      default -> Optional.empty();
    };
  }

  private ObjectNode summary(ChainIndex.Snapshot chain) {
    ObjectNode out = Json.object();
    ObjectNode network = out.putObject("network");
    source.network().forEach(network::put);
    out.put("block", chain.block()).put("time", chain.time()).put("version", chain.version());
    out.put("loading", chain.block() < 0).put("problem", problem);
    out.put("claims", chain.claims().size());
    ObjectNode groups = out.putObject("groups");
    ClaimJson.groups(chain.claims()).forEach(groups::put);
    validators.count(out.putObject("validators"));
    disputes.count(out.putObject("disputes"));
    if (chain.block() >= 0 && problem.isEmpty()) {
      supply.brief(chain, out.putObject("supply"));
      supply.period(chain, out.putObject("period"));
    }
    return out;
  }

  private void refuse(HttpExchange http, int status, String why) throws IOException {
    send(http, status, JSON, Json.bytes(Json.object().put("error", why)));
  }

  private static void send(HttpExchange http, int status, String type, byte[] content)
      throws IOException {
    Headers headers = http.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
    String accepted = http.getRequestHeaders().getFirst("Accept-Encoding");
    boolean packed =
        content.length > WORTH_PACKING && accepted != null && accepted.contains("gzip");
    if (packed) {
      headers.set("Content-Encoding", "gzip");
      headers.set("Vary", "Accept-Encoding");
    }
    if (http.getRequestMethod().equals("HEAD")) {
      http.sendResponseHeaders(status, -1);
      return;
    }
    http.sendResponseHeaders(status, packed ? 0 : content.length);
    try (OutputStream out =
        packed ? new GZIPOutputStream(http.getResponseBody()) : http.getResponseBody()) {
      out.write(content);
    }
  }

  /** Ends the service. */
  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
