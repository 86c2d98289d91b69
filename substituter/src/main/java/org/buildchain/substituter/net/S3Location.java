package org.buildchain.substituter.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/**
 * Where the files of {@code s3://bucket?parameters} are, and how one asks for them. Source: Nix
 * manual, "S3 Binary Cache Store" ({@code region}, {@code endpoint}, {@code scheme}, {@code
 * profile}).
 *
 * @param root the URL of the bucket, which ends with a slash
 */
public record S3Location(URI root, Login login) {
  private static final Pattern ENDPOINT =
      Pattern.compile("(?:(https?)://)?([A-Za-z0-9.\\-:\\[\\]]{0,255})/?");

  private static final String DEFAULT_REGION = "us-east-1";

  /**
   * Where {@code url} leads.
   *
   * @param env with {@code AWS_…} variables, which count more than files
   * @param home where {@code .aws/credentials} is
   * @throws FormatException if the URL is wrong
   */
  public static S3Location of(CacheUrl cache, Map<String, String> env, Path home, Clock clock) {
    String url = cache.text();
    Map<String, String> parameters = cache.parameters();
    String bucket = cache.place().substring("s3://".length());
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,62}")) {
      throw new FormatException("'" + url + "'", "names no bucket");
    }
    String region =
        parameters.getOrDefault("region", env.getOrDefault("AWS_REGION", DEFAULT_REGION));
    Matcher endpoint = ENDPOINT.matcher(parameters.getOrDefault("endpoint", ""));
    if (!endpoint.matches() || !region.matches("[a-z0-9-]{1,64}")) {
      throw new FormatException("'" + url + "'", "has a wrong parameter");
    }
    // What the endpoint says counts more, as with Amazon's own library.
    String scheme =
        endpoint.group(1) == null ? parameters.getOrDefault("scheme", "https") : endpoint.group(1);
    if (!scheme.matches("https?")) {
      throw new FormatException("'" + url + "'", "has a wrong parameter");
    }
    String host = endpoint.group(2);
    // With a dot in its name a bucket has no certificate of its own.
    URI root =
        URI.create(
            !host.isEmpty()
                ? scheme + "://" + host + "/" + bucket + "/"
                : bucket.contains(".")
                    ? scheme + "://s3." + region + ".amazonaws.com/" + bucket + "/"
                    : scheme + "://" + bucket + ".s3." + region + ".amazonaws.com/");
    Optional<AwsCredentials> who = credentials(parameters.get("profile"), env, home);
    // Buckets that are open to all want no signature.
    Login login =
        (method, uri, body) ->
            who.map(w -> AwsSignature.sign(method, uri, Map.of(), body, w, region, clock.instant()))
                .orElse(Map.of());
    return new S3Location(root, login);
  }

  private static Optional<AwsCredentials> credentials(
      String profile, Map<String, String> env, Path home) {
    if (profile == null) {
      Optional<AwsCredentials> found = AwsCredentials.fromEnvironment(env);
      if (found.isPresent()) {
        return found;
      }
    }
    String file = env.getOrDefault("AWS_SHARED_CREDENTIALS_FILE", "");
    Path path = file.isEmpty() ? home.resolve(".aws/credentials") : Path.of(file);
    try (InputStream in = Files.newInputStream(path)) {
      String text = Octets.of(in.readNBytes(AwsCredentials.MAX_BYTES));
      String wanted = profile == null ? env.getOrDefault("AWS_PROFILE", "default") : profile;
      return AwsCredentials.fromFile(text, wanted);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new FormatException("cannot read the S3 credentials: " + e.getMessage());
    }
  }
}
