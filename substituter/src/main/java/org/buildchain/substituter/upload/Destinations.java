package org.buildchain.substituter.upload;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.net.AwsSignature;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.net.Login;
import org.buildchain.substituter.net.Netrc;
import org.buildchain.substituter.net.S3Location;

/**
 * How caches are reached that take files.
 *
 * @param client follows no redirections: what says who asks must not reach another host
 * @param netrc has the passwords that web servers want
 * @param patience the time within which an answer must come; for a file there is more
 * @param spool a folder for compressed NARs, each until it is sent
 * @param env with {@code AWS_…} variables
 * @param home where {@code .aws/credentials} is
 */
public record Destinations(
    HttpClient client,
    Optional<Netrc> netrc,
    Duration patience,
    Path spool,
    Map<String, String> env,
    Path home) {
  /** Whether a URL is one of a cache. */
  public static boolean isOne(String url) {
    return url.matches("(?i)(?:https?|s3|file)://.*");
  }

  /**
   * The files of a cache.
   *
   * @throws FormatException if the URL is wrong
   * @throws IOException if a folder can't be made
   */
  public CacheFiles open(CacheUrl url) throws IOException {
    return switch (url.scheme()) {
      case "file" -> new FolderFiles(url.place(), url.folder());
      case "http", "https" ->
          new HttpFiles(
              client,
              url.place(),
              url.httpRoot(),
              UnaryOperator.identity(),
              Login.of(netrc),
              patience,
              spool);
      case "s3" -> {
        S3Location s3 = S3Location.of(url, env, home, Clock.systemUTC());
        yield new HttpFiles(
            client, url.place(), s3.root(), AwsSignature::spelled, s3.login(), patience, spool);
      }
      default -> throw new FormatException("'" + url.text() + "'", "is no URL of a cache");
    };
  }
}
