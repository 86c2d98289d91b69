package org.buildchain.substituter.net;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.buildchain.store.format.FormatException;

/**
 * The URL of a binary cache. Source: Nix manual, "Store URL format".
 *
 * @param text all of it
 * @param uri what stands before the parameters
 * @param parameters decoded, in their order; of several with one name the last counts
 */
public record CacheUrl(String text, URI uri, Map<String, String> parameters) {
  private static final int MOST_PARAMETERS = 64;

  /**
   * Reads one.
   *
   * @throws FormatException if it is none
   */
  public static CacheUrl parse(String text) {
    int cut = text.indexOf('?');
    Map<String, String> parameters = new LinkedHashMap<>();
    try {
      URI uri = URI.create(cut < 0 ? text : text.substring(0, cut));
      String query = cut < 0 ? "" : text.substring(cut + 1);
      for (String parameter : query.split("&", MOST_PARAMETERS)) {
        int equals = parameter.indexOf('=');
        if (equals > 0) {
          parameters.put(
              decode(parameter.substring(0, equals)), decode(parameter.substring(equals + 1)));
        }
      }
      return new CacheUrl(text, uri, parameters);
    } catch (IllegalArgumentException e) {
      throw new FormatException("'" + text + "'", "is no URL");
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** {@code http}, {@code s3}…; empty where it has none. */
  public String scheme() {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }

  /** The URL without parameters, as it was given. */
  public String place() {
    return uri.toString();
  }

  /**
   * The URL below which the files are.
   *
   * @throws FormatException if it names no host
   */
  public URI httpRoot() {
    if (uri.getHost() == null) {
      throw new FormatException("'" + text + "'", "names no host");
    }
    return place().endsWith("/") ? uri : URI.create(place() + "/");
  }

  /**
   * The folder of a {@code file://} URL.
   *
   * @throws FormatException if it names none
   */
  public Path folder() {
    if (uri.getAuthority() != null || uri.getPath() == null || !uri.getPath().startsWith("/")) {
      throw new FormatException("'" + text + "'", "expected 'file:///path'");
    }
    return Path.of(uri.getPath());
  }
}
