package org.buildchain.daemon.host.download;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.format.Octets;
import org.buildchain.substituter.net.Authorities;

/** Copies what stands at a URL ({@code http}, {@code https}, {@code file}) into a file. */
public final class Downloader {
  private static final int MAX_ATTEMPTS = 5;
  private static final int MAX_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final long MAX_BYTES = 64L << 30;

  private final HttpClient.Builder clients;
  private final Authorities authorities;

  /**
   * @param env the caller's environment, which may name proxies and {@link Authorities}
   * @param connectSeconds how long to wait for a connection; 0 for the system's patience
   */
  public Downloader(Map<String, String> env, long connectSeconds) {
    this.authorities = Authorities.of(env);
    // A client costs threads and a selector; few commands download.
    this.clients =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(new ProxyFromEnvironment(env));
    if (connectSeconds > 0) {
      clients.connectTimeout(Duration.ofSeconds(connectSeconds));
    }
  }

  /**
   * Downloads.
   *
   * @param url an octet string
   * @throws IOException saying what failed, after several attempts where another may succeed
   */
  public void download(String url, Path into) throws IOException {
    download(url, Optional.empty(), into);
  }

  /**
   * Likewise.
   *
   * @param credential goes to its server alone: whom that sends the request on to gets none
   */
  public void download(String url, Optional<Credential> credential, Path into) throws IOException {
    URI uri = uri(url);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    switch (scheme) {
      case "file" -> copy(open(url, uri), into);
      case "http", "https" -> get(uri, credential.filter(c -> c.isFor(uri)), into);
      default ->
          throw new IOException("cannot download '" + url + "': unknown scheme '" + scheme + "'");
    }
  }

  private static InputStream open(String url, URI uri) throws IOException {
    try {
      Path file = Path.of(uri.getPath());
      return Files.isDirectory(file) ? names(file) : Files.newInputStream(file);
    } catch (IOException | InvalidPathException e) {
      throw new IOException(
          "unable to download '" + url + "': Couldn't open file " + uri.getPath(), e);
    }
  }

  /** As curl lists a folder: names in the system's order, those that begin with a dot left out. */
  private static InputStream names(Path folder) throws IOException {
    StringBuilder lines = new StringBuilder();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        lines.append(name.startsWith(".") ? "" : name + "\n");
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static URI uri(String url) throws IOException {
    try {
      return URI.create(Octets.toText(url));
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + url + "' is not a valid URL", e);
    }
  }

  private void get(URI uri, Optional<Credential> credential, Path into) throws IOException {
    try (HttpClient client = authorities.build(clients)) {
      get(client, uri, credential, into);
    }
  }

  private static HttpResponse<InputStream> send(HttpClient client, URI uri, Optional<Credential> c)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "bc");
    c.ifPresent(shown -> request.header(shown.header(), shown.secret()));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  /** The client itself would take the credential along to wherever it is sent. */
  private static HttpResponse<InputStream> follow(
      HttpClient client, URI uri, Optional<Credential> credential)
      throws IOException, InterruptedException {
    URI at = uri;
    Optional<Credential> shown = credential;
    for (int i = 0; i < MAX_REDIRECTS; i++) {
      HttpResponse<InputStream> response = send(client, at, shown);
      Optional<String> target = response.headers().firstValue("Location");
      if (!REDIRECTS.contains(response.statusCode()) || target.isEmpty()) {
        return response;
      }
      response.body().close();
      // Nothing is said of where: it may hold a secret of the server's.
      URI next = next(at, target.get());
      shown = shown.filter(c -> c.isFor(next));
      at = next;
    }
    throw new IOException("redirected more than " + MAX_REDIRECTS + " times");
  }

  private static URI next(URI at, String target) throws IOException {
    URI next;
    try {
      next = at.resolve(new URI(target));
    } catch (URISyntaxException e) {
      throw new IOException("redirected to what is no URL");
    }
    if (!at.getScheme().equals(next.getScheme())
        && !(at.getScheme().equals("http") && "https".equals(next.getScheme()))) {
      throw new IOException("redirected away from " + at.getScheme());
    }
    return next;
  }

  private static void get(HttpClient client, URI uri, Optional<Credential> shown, Path into)
      throws IOException {
    IOException last = new IOException("no attempt");
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      try {
        pause(attempt);
        HttpResponse<InputStream> response = follow(client, uri, shown);
        int status = response.statusCode();
        try (InputStream body = response.body()) {
          if (status == 200) {
            copy(body, into);
            return;
          }
        }
        last = new IOException("unable to download '" + uri + "': HTTP error " + status);
        if (status < 500 && status != 408 && status != 429) {
          throw last;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while downloading '" + uri + "'", e);
      } catch (IOException e) {
        if (e == last) {
          throw e;
        }
        last = new IOException("unable to download '" + uri + "': " + words(e), e);
      }
    }
    throw last;
  }

  /** Nothing before the first attempt, then a quarter of a second, twice as long each time. */
  private static void pause(int attempt) throws InterruptedException {
    if (attempt > 0) {
      Thread.sleep(Duration.ofMillis(250L << (attempt - 1)));
    }
  }

  /** The client wraps the reason twice. */
  private static boolean isUnresolved(Throwable e) {
    return e instanceof UnresolvedAddressException
        || (e.getCause() != null && isUnresolved(e.getCause()));
  }

  private static String words(IOException e) {
    return switch (e) {
      case ConnectException c when isUnresolved(c) -> "Could not resolve host name";
      case ConnectException _ -> "Could not connect to server";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static void copy(InputStream source, Path into) throws IOException {
    try (InputStream in = source;
        OutputStream out = Files.newOutputStream(into)) {
      byte[] buffer = new byte[1 << 16];
      long total = 0;
      for (int n; (n = in.read(buffer)) >= 0; ) {
        total += n;
        if (total > MAX_BYTES) {
          throw new IOException("the download is longer than " + MAX_BYTES + " bytes");
        }
        out.write(buffer, 0, n);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
