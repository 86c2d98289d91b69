package org.buildchain.daemon.host.download;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The setting {@code access-tokens}: what forges are shown so that they tell of private
 * repositories. Source: Nix 2.26 manual, {@code access-tokens}; {@code libfetchers/github.cc}.
 *
 * <p>Threat: expressions say what is fetched, so whoever writes one may try to have a token sent to
 * a server of theirs, and the forge may send a request on to anybody. Other users read what the
 * daemon prints and leaves on the disk. Therefore a token goes only to the host that it is named
 * with ({@code api.github.com} for {@code github.com}), over TLS, and never along a redirect to
 * another origin ({@link Credential}, {@link Downloader}); it stands in no message, no output of
 * {@code bc config}, no hook's environment and no cache; and what a forge answered to one token is
 * given again to that token alone ({@code Fetcher}). A tree that was fetched with it stands in the
 * store, which whoever may use the store can read, as in Nix.
 */
public final class AccessTokens {
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]+");

  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final Consumer<String> warnings;

  /**
   * @param words {@code host=token}; others mean nothing, and of two for a host the first counts
   * @param warnings gets what the user should know, without the tokens
   */
  public AccessTokens(List<String> words, Consumer<String> warnings) {
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        tokens.putIfAbsent(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    this.warnings = warnings;
  }

  /**
   * What the server at an origin is shown.
   *
   * @param type of the input: forges take tokens in different headers
   * @param host of the input
   */
  Optional<Credential> of(String type, String host, URI origin) {
    String token = tokens.get(host);
    if (token == null) {
      return Optional.empty();
    }
    Optional<Credential> found =
        switch (type) {
          case "github" -> credential(origin, "Authorization", "token " + token);
          case "sourcehut" -> credential(origin, "Authorization", "Bearer " + token);
          case "gitlab" -> gitlab(host, token, origin);
          default -> Optional.empty();
        };
    if (found.isEmpty()) {
      warnings.accept("Unrecognized access token for host '" + host + "'");
    }
    return found;
  }

  private Optional<Credential> gitlab(String host, String token, URI origin) {
    int colon = token.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String kind = token.substring(0, colon);
    String secret = token.substring(colon + 1);
    return switch (kind) {
      case "OAuth2" -> credential(origin, "Authorization", "Bearer " + secret);
      case "PAT" -> credential(origin, "Private-token", secret);
      default -> {
        // Unlike Nix, nothing of it is said: a token may have a colon of its own.
        warnings.accept("Unrecognized GitLab token type for host '" + host + "'");
        yield credential(origin, kind, secret);
      }
    };
  }

  /** Empty if no header can hold it: the client's message would show it. */
  private static Optional<Credential> credential(URI origin, String header, String value) {
    return HEADER.matcher(header).matches() && VALUE.matcher(value.replace(" ", "")).matches()
        ? Optional.of(new Credential(origin, header, value))
        : Optional.empty();
  }
}
