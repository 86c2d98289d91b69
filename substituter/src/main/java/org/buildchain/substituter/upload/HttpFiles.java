package org.buildchain.substituter.upload;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.substituter.net.Login;

/**
 * A cache behind HTTP or HTTPS that takes files by {@code PUT}. What may be a passing trouble is
 * tried again. A cache of bc's goes on where a transfer broke off, now or in an earlier run; see
 * docs/formats.md, "The binary cache". Others get all of it again.
 */
final class HttpFiles implements CacheFiles {
  /** Attempts of which none brings a file forward. */
  private static final int ATTEMPTS = 4;

  /** Bytes in a second. Who takes fewer has stalled; another attempt goes on. */
  private static final long LEAST_RATE = 1 << 16;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(125);
  private static final int MAX_MESSAGE = 4096;
  private static final String OFFSET = "Upload-Offset";

  private final HttpClient client;
  private final String url;
  private final URI root;
  private final UnaryOperator<String> spelling;
  private final Login login;
  private final Duration patience;
  private final Path spool;

  /**
   * @param url what users call it
   * @param root where its files are; ends with a slash
   * @param spelling how a file's name stands in its URL
   * @param patience the time within which an answer must come; for a file there is more
   * @param spool a folder for drafts
   */
  HttpFiles(
      HttpClient client,
      String url,
      URI root,
      UnaryOperator<String> spelling,
      Login login,
      Duration patience,
      Path spool) {
    this.client = client;
    this.url = url;
    this.root = root;
    this.spelling = spelling;
    this.login = login;
    this.patience = patience;
    this.spool = spool;
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public boolean has(String name) throws IOException {
    HttpResponse<InputStream> answer = insist(name, () -> head(name));
    answer.body().close();
    if (answer.statusCode() != 200 && !isAbsent(answer)) {
      throw new RefusedException(name, answer.statusCode(), "");
    }
    return answer.statusCode() == 200;
  }

  @Override
  public Optional<byte[]> read(String name, int most) throws IOException {
    HttpResponse<InputStream> answer =
        insist(
            name,
            () -> exchange(request("GET", name, Login.NO_BODY).timeout(patience).GET().build()));
    try (InputStream body = answer.body()) {
      if (isAbsent(answer)) {
        return Optional.empty();
      }
      if (answer.statusCode() != 200) {
        throw new RefusedException(name, answer.statusCode(), said(body));
      }
      byte[] bytes = body.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException("'" + uri(name) + "' has more than " + most + " bytes");
      }
      return Optional.of(bytes);
    }
  }

  /** S3 says 403 of what is not there to those who may not list the bucket. */
  private static boolean isAbsent(HttpResponse<?> answer) {
    return switch (answer.statusCode()) {
      case 403, 404, 410 -> true;
      default -> false;
    };
  }

  @Override
  public void write(String name, String type, byte[] content) throws IOException {
    Hash hash = Hash.of(HashAlgorithm.SHA256, content);
    accept(
        name, insist(name, () -> put(name, type, BodyPublishers.ofByteArray(content), hash, "")));
  }

  @Override
  public Path draft() throws IOException {
    return Files.createTempFile(spool, "upload", ".nar");
  }

  @Override
  public void add(String name, String type, Path file, Hash sha256) throws IOException {
    long length = Files.size(file);
    long reached = -1;
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<InputStream> there = head(name);
        there.body().close();
        if (there.statusCode() == 200) {
          return;
        }
        long from = there.headers().firstValueAsLong(OFFSET).orElse(0);
        if (from > reached) {
          reached = from;
          attempt = 1;
        }
        boolean rest = from > 0 && from < length;
        String range = rest ? "bytes " + from + "-" + (length - 1) + "/" + length : "";
        HttpResponse<InputStream> answer =
            put(name, type, part(file, rest ? from : 0, length), sha256, range);
        // By 409 something else of it is there by now.
        boolean again = answer.statusCode() == 409 || isPassing(answer);
        if (!again || attempt == ATTEMPTS) {
          accept(name, answer);
          return;
        }
        answer.body().close();
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
          throw new IOException("sending '" + uri(name) + "': " + Problem.words(e), e);
        }
      }
      pause(attempt);
    }
  }

  private static boolean isPassing(HttpResponse<?> answer) {
    int status = answer.statusCode();
    return status >= 500 || status == 408 || status == 429;
  }

  private interface Question {
    HttpResponse<InputStream> ask() throws IOException;
  }

  private HttpResponse<InputStream> insist(String name, Question question) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<InputStream> answer = question.ask();
        if (!isPassing(answer) || attempt == ATTEMPTS) {
          return answer;
        }
        answer.body().close();
      } catch (IOException e) {
        if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
          throw new IOException("'" + uri(name) + "': " + Problem.words(e), e);
        }
      }
      pause(attempt);
    }
  }

  /** The cache must notice first that the transfer has broken off. */
  private static void pause(int attempt) throws IOException {
    try {
      Thread.sleep(FIRST_PAUSE.multipliedBy(1L << attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static BodyPublisher part(Path file, long from, long length) {
    if (from == length) {
      return BodyPublishers.noBody();
    }
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(
            () -> {
              try {
                InputStream in = Files.newInputStream(file);
                in.skipNBytes(from);
                return in;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }),
        length - from);
  }

  /** An answer that another attempt would not change. */
  private final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String name, int status, String said) {
      super("'" + uri(name) + "': HTTP error " + status + (said.isEmpty() ? "" : ": " + said));
    }
  }

  private static String said(InputStream body) throws IOException {
    return new String(body.readNBytes(MAX_MESSAGE), StandardCharsets.UTF_8).strip();
  }

  private void accept(String name, HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      if (answer.statusCode() / 100 != 2) {
        throw new RefusedException(name, answer.statusCode(), said(body));
      }
    }
  }

  private URI uri(String name) {
    return root.resolve(spelling.apply(name));
  }

  private HttpRequest.Builder request(String method, String name, Hash body) {
    URI uri = uri(name);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "bc");
    login.headers(method, uri, body).forEach(request::header);
    if (root.getScheme().equalsIgnoreCase("http")) {
      request.version(HttpClient.Version.HTTP_1_1);
    }
    return request;
  }

  private HttpResponse<InputStream> head(String name) throws IOException {
    return exchange(request("HEAD", name, Login.NO_BODY).timeout(patience).HEAD().build());
  }

  private HttpResponse<InputStream> put(
      String name, String type, BodyPublisher body, Hash sha256, String range) throws IOException {
    Duration most = patience.plusSeconds(Math.max(0, body.contentLength()) / LEAST_RATE);
    HttpRequest.Builder request =
        request("PUT", name, sha256).timeout(most).header("Content-Type", type).PUT(body);
    if (!range.isEmpty()) {
      request.header("Content-Range", range);
    }
    return exchange(request.build());
  }

  private HttpResponse<InputStream> exchange(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
