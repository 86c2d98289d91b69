package org.buildchain.substituter.net;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gets files from web servers: with TLS, and through proxies, by the JDK's client, which speaks
 * HTTP/2 with servers that do; the others by one that costs less. Follows no redirections.
 * Thread-safe.
 */
public final class WebClient implements AutoCloseable {
  private final ProxySelector proxies;
  private final Duration connect;
  private final Authorities authorities;
  private final PlainHttp plain;
  private Optional<HttpClient> client = Optional.empty();

  /**
   * @param proxies says which proxy is asked for a URL
   * @param connect the time within which a connection must be made; zero for the system's patience
   * @param authorities who says which servers are genuine
   */
  public WebClient(ProxySelector proxies, Duration connect, Authorities authorities) {
    this.authorities = authorities;
    this.proxies = proxies;
    this.connect = connect;
    this.plain = new PlainHttp(connect);
  }

  /**
   * Asks for a file. Interrupting the thread ends that, and the reading of the answer.
   *
   * @param uri of the scheme {@code http} or {@code https}, with a host
   * @param patience the time within which the answer must begin
   * @param stalls has the same patience
   */
  public HttpAnswer get(URI uri, Map<String, String> headers, Duration patience, Stalls stalls)
      throws IOException, InterruptedException {
    boolean open = uri.getScheme().equalsIgnoreCase("http");
    if (open && isDirect(proxies.select(uri))) {
      return stalls.during(() -> plain.get(uri, headers));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience);
    headers.forEach(request::header);
    if (open) {
      request.version(HttpClient.Version.HTTP_1_1);
    }
    var response = client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    return new HttpAnswer(response.statusCode(), response.headers(), response.body());
  }

  private static boolean isDirect(List<Proxy> proxies) {
    return proxies.isEmpty() || proxies.getFirst().type() == Proxy.Type.DIRECT;
  }

  private synchronized HttpClient client() throws IOException {
    if (client.isEmpty()) {
      HttpClient.Builder builder =
          HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).proxy(proxies);
      if (connect.isPositive()) {
        builder.connectTimeout(connect);
      }
      client = Optional.of(authorities.build(builder));
    }
    return client.get();
  }

  /** Ends what runs. */
  @Override
  public synchronized void close() {
    plain.close();
    client.ifPresent(
        c -> {
          c.shutdownNow();
          c.close();
        });
  }
}
