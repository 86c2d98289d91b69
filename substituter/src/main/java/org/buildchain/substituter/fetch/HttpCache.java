package org.buildchain.substituter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.buildchain.substituter.net.HttpAnswer;
import org.buildchain.substituter.net.Login;
import org.buildchain.substituter.net.Stalls;
import org.buildchain.substituter.net.WebClient;

/**
 * A cache behind HTTP or HTTPS. What may be a passing trouble is tried again, and a transfer that
 * breaks off goes on where it stopped, if the server can do that.
 */
final class HttpCache implements BinaryCache {
  private static final int ATTEMPTS = 4;
  private static final int MAX_HOPS = 5;
  private static final int MOST_STALLS = 2;
  private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 303, 307, 308);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private final String url;
  private final URI root;
  private final WebClient client;
  private final Duration patience;
  private final Stalls stalls;
  private final UnaryOperator<String> spelling;
  private final Login login;

  /**
   * @param url what users call it
   * @param at where its files are
   * @param client follows no redirections: what says who asks must not reach another host
   * @param patience the time within which an answer must begin
   * @param stalls bounds the time for which nothing comes
   * @param spelling how a file's name stands in its URL
   */
  HttpCache(
      String url,
      URI at,
      WebClient client,
      Duration patience,
      Stalls stalls,
      UnaryOperator<String> spelling,
      Login login) {
    this.url = url;
    this.root = at;
    this.login = login;
    this.client = client;
    this.patience = patience;
    this.stalls = stalls;
    this.spelling = spelling;
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public Optional<InputStream> open(String name) throws IOException {
    return open(name, 0);
  }

  @Override
  public Optional<InputStream> open(String name, long from) throws IOException {
    URI uri;
    try {
      uri = root.resolve(spelling.apply(name));
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + name + "' is no URL", e);
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IOException("'" + uri + "' is not at a web server");
    }
    Optional<HttpAnswer> response = get(uri, from, "");
    if (response.isEmpty()) {
      return Optional.empty();
    }
    Resuming body = new Resuming(uri, response.get(), from);
    if (from > 0 && !startsAt(response.get(), from)) {
      body.close();
      throw new IOException("'" + uri + "': the server sent another part than asked for");
    }
    return Optional.of(body);
  }

  /** An answer, or empty if there is no such file. */
  private Optional<HttpAnswer> get(URI uri, long from, String tag) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpAnswer response = send(uri, from, tag);
        int status = response.status();
        if (status == (from > 0 ? 206 : 200)) {
          return Optional.of(response);
        }
        response.body().close();
        switch (status) {
          // As Nix: a cache that is closed to us has nothing for us.
          case 401, 403, 404, 407, 410 -> {
            return Optional.empty();
          }
          default -> {
            boolean passing = status >= 500 || status == 408 || status == 429;
            if (!passing || attempt == ATTEMPTS) {
              throw new RefusedException("'" + uri + "': HTTP error " + status);
            }
          }
        }
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new IOException("'" + uri + "': " + words(e), e);
        }
      } catch (InterruptedException e) {
        throw interrupted();
      }
      pause(attempt);
    }
  }

  /** An answer that another attempt would not change. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  /** Follows redirections, as far as they don't lead out of HTTPS. */
  private HttpAnswer send(URI uri, long from, String tag) throws IOException, InterruptedException {
    URI at = uri;
    for (int hops = 0; ; hops++) {
      HttpAnswer response = client.get(at, headers(at, from, tag), patience, stalls);
      String location = response.header("Location");
      if (!REDIRECTIONS.contains(response.status()) || location.isEmpty()) {
        return response;
      }
      response.body().close();
      URI next;
      try {
        next = at.resolve(location);
      } catch (IllegalArgumentException e) {
        throw new RefusedException("'" + at + "' leads to no URL");
      }
      String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
      boolean open = scheme.equals("http") && at.getScheme().equalsIgnoreCase("http");
      if (hops == MAX_HOPS || next.getHost() == null || !(open || scheme.equals("https"))) {
        throw new RefusedException("'" + uri + "' leads to '" + next + "', which is not followed");
      }
      at = next;
    }
  }

  /** Whether a URL is at the server that the user named. */
  private boolean isHome(URI uri) {
    return uri.getHost().equalsIgnoreCase(root.getHost())
        && uri.getPort() == root.getPort()
        && uri.getScheme().equalsIgnoreCase(root.getScheme());
  }

  private Map<String, String> headers(URI uri, long from, String tag) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", "bc");
    if (isHome(uri)) {
      headers.putAll(login.headers("GET", uri, Login.NO_BODY));
    }
    if (from > 0) {
      headers.put("Range", "bytes=" + from + "-");
      if (!tag.isEmpty()) {
        headers.put("If-Range", tag);
      }
    }
    return headers;
  }

  private static boolean startsAt(HttpAnswer part, long from) {
    return part.header("Content-Range").startsWith("bytes " + from + "-");
  }

  private static void pause(int attempt) throws IOException {
    try {
      Thread.sleep(FIRST_PAUSE.multipliedBy(1L << (attempt - 1)));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private static String words(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** An answer's body, and what follows where it breaks off. */
  private final class Resuming extends InputStream {
    private final URI uri;
    private final String tag;
    private InputStream body;
    private long position;
    private int attempts;

    Resuming(URI uri, HttpAnswer first, long from) {
      this.uri = uri;
      this.position = from;
      this.tag = tag(first.headers());
      this.body = stalls.watch(first.body());
    }

    /** What must be the same for the rest to belong to the beginning; empty if nothing tells. */
    private static String tag(HttpHeaders headers) {
      boolean ranges =
          headers.firstValue("Accept-Ranges").filter("bytes"::equalsIgnoreCase).isPresent()
              && headers.firstValue("Content-Encoding").isEmpty();
      return ranges
          ? headers
              .firstValue("ETag")
              .filter(t -> !t.startsWith("W/"))
              .or(() -> headers.firstValue("Last-Modified"))
              .orElse("")
          : "";
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      while (true) {
        try {
          int n = body.read(into, at, length);
          position += Math.max(n, 0);
          return n;
        } catch (IOException e) {
          resume(e);
        }
      }
    }

    private void resume(IOException why) throws IOException {
      body.close();
      attempts++;
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
      // Another cache may be quicker than this one's third silence.
      int most = why instanceof Stalls.StalledException ? MOST_STALLS : ATTEMPTS;
      if (tag.isEmpty() || position == 0 || attempts >= most) {
        throw new IOException("'" + uri + "': " + words(why), why);
      }
      pause(attempts);
      HttpAnswer rest =
          get(uri, position, tag)
              .orElseThrow(() -> new IOException("'" + uri + "' has gone meanwhile", why));
      if (!startsAt(rest, position)) {
        rest.body().close();
        throw new IOException("'" + uri + "': the server sent another part than asked for", why);
      }
      body = stalls.watch(rest.body());
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
