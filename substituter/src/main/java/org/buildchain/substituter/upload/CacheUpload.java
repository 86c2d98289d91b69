package org.buildchain.substituter.upload;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
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
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.net.Netrc;

/**
 * Sends objects to a binary cache over HTTP, by {@code PUT}: the NAR compressed with zstd, then the
 * narinfo. A cache of bc's goes on where a transfer broke off, now or in an earlier run; see
 * docs/formats.md, "The binary cache". Others get all of it again.
 */
public final class CacheUpload {
  private static final int LEVEL = 3;
  private static final int BUFFER = 1 << 16;

  /** Attempts of which none brings the file forward. */
  private static final int ATTEMPTS = 4;

  /** Bytes in a second. Who takes fewer has stalled; another attempt goes on. */
  private static final long LEAST_RATE = 1 << 16;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(125);
  private static final int MAX_MESSAGE = 4096;
  private static final String OFFSET = "Upload-Offset";

  private final HttpClient client;
  private final URI root;
  private final Optional<String> authorization;
  private final Duration patience;
  private final Path spool;

  /**
   * @param url of the cache
   * @param netrc has the password that the cache wants, if it wants one
   * @param patience the time within which an answer must come; for a file there is more
   * @param spool a folder for compressed NARs, each until it is sent
   */
  public CacheUpload(
      HttpClient client, String url, Optional<Netrc> netrc, Duration patience, Path spool) {
    this.client = client;
    this.root = URI.create(url.endsWith("/") ? url : url + "/");
    this.authorization = netrc.flatMap(n -> n.authorization(root.getHost()));
    this.patience = patience;
    this.spool = spool;
  }

  /** Whether the cache has a path. */
  public boolean has(StorePath path) throws IOException {
    int status = head(path.hashPart() + ".narinfo").statusCode();
    if (status != 200 && status != 404) {
      throw new IOException("'" + root + "': HTTP error " + status);
    }
    return status == 200;
  }

  /**
   * Sends an object. What it refers to must be there.
   *
   * @throws IOException if the cache does not take it
   */
  public void send(Store store, PathInfo info) throws IOException {
    Path file = Files.createTempFile(spool, "upload", ".nar.zst");
    try {
      Hash hash = compress(store, info.path(), file);
      String url = "nar/" + hash.encode(Hash.Format.NIX32) + ".nar.zst";
      sendFile(url, file);
      NarInfo narInfo =
          new NarInfo(
              info.path(),
              url,
              "zstd",
              Optional.of(hash),
              OptionalLong.of(Files.size(file)),
              info.narHash(),
              info.narSize(),
              info.references(),
              info.deriver(),
              List.copyOf(info.signatures()),
              info.contentAddress());
      byte[] text = narInfo.print(store.dir()).getBytes(StandardCharsets.ISO_8859_1);
      String name = info.path().hashPart() + ".narinfo";
      accept(name, put(name, BodyPublishers.ofByteArray(text), ""));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Hash compress(Store store, StorePath path, Path file) throws IOException {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    try (OutputStream out =
        new ZstdOutputStream(
            new DigestOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file), BUFFER), digest),
            LEVEL)) {
      Nar.write(
          store.open(path),
          (data, offset, length) -> {
            try {
              out.write(data, offset, length);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new Hash(HashAlgorithm.SHA256, digest.digest());
  }

  private void sendFile(String url, Path file) throws IOException {
    long length = Files.size(file);
    long reached = -1;
    for (int attempt = 1; ; attempt++) {
      HttpResponse<InputStream> there = head(url);
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
      try {
        HttpResponse<InputStream> answer = put(url, part(file, rest ? from : 0, length), range);
        if (answer.statusCode() != 409 || attempt == ATTEMPTS) {
          accept(url, answer);
          return;
        }
        // Something else of it is there by now.
        answer.body().close();
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
          throw new IOException("sending '" + root.resolve(url) + "': " + e.getMessage(), e);
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
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  private void accept(String name, HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      if (answer.statusCode() / 100 != 2) {
        String said = new String(body.readNBytes(MAX_MESSAGE), StandardCharsets.UTF_8).strip();
        throw new RefusedException(
            "'" + root.resolve(name) + "': HTTP error " + answer.statusCode() + ": " + said);
      }
    }
  }

  private HttpRequest.Builder request(String name) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(root.resolve(name)).header("User-Agent", "bc");
    authorization.ifPresent(a -> request.header("Authorization", a));
    if (root.getScheme().equalsIgnoreCase("http")) {
      request.version(HttpClient.Version.HTTP_1_1);
    }
    return request;
  }

  private HttpResponse<InputStream> head(String name) throws IOException {
    HttpResponse<InputStream> answer = exchange(request(name).timeout(patience).HEAD().build());
    answer.body().close();
    return answer;
  }

  private HttpResponse<InputStream> put(String name, BodyPublisher body, String range)
      throws IOException {
    Duration most = patience.plusSeconds(Math.max(0, body.contentLength()) / LEAST_RATE);
    HttpRequest.Builder request = request(name).timeout(most).PUT(body);
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
