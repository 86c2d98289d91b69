package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL taken apart as Nix does, which is stricter than RFC 3986 in its schemes. Source: {@code
 * libutil/url.cc}.
 *
 * @param path decoded
 * @param query decoded, by name
 * @param fragment decoded
 */
public record ParsedUrl(
    String scheme,
    Optional<String> authority,
    String path,
    Map<String, String> query,
    String fragment) {
  private static final String CHAR = "(?:[a-zA-Z0-9\\-._~!$&'\"()*+,;=]|%[0-9a-fA-F]{2}|[:@])";
  private static final String NAME = "(?:[a-zA-Z0-9\\-._~!$&'\"()*+,;=]|%[0-9a-fA-F]{2})";
  private static final String SEGMENT = CHAR + "*+";
  private static final Pattern URL =
      Pattern.compile(
          "([a-z][a-z0-9+.-]*):"
              + "(?://((?:(?:"
              + NAME
              + "|:)*+@)?(?:\\[[0-9a-fA-F:]+(?:%\\w+)?\\]|[0-9a-fA-F:]+(?:%\\w+)?|"
              + NAME
              + "*+)(?::[0-9]+)?)"
              + "((?:/"
              + SEGMENT
              + ")*+)|(/?"
              + SEGMENT
              + "(?:/"
              + SEGMENT
              + ")*+))"
              + "(?:\\?((?:"
              + CHAR
              + "|[/? ])*+))?"
              + "(?:#((?:"
              + CHAR
              + "|[/? ^])*+))?");

  public ParsedUrl {
    query = new TreeMap<>(query);
  }

  /**
   * Takes a URL apart.
   *
   * @throws InputException if it is none
   */
  public static ParsedUrl parse(String url) {
    Matcher m = URL.matcher(url);
    if (url.length() > 1 << 16 || !m.matches()) {
      throw new InputException("'" + url + "' is not a valid URL");
    }
    String scheme = m.group(1);
    Optional<String> authority = Optional.ofNullable(m.group(2));
    String path = m.group(3) != null ? m.group(3) : m.group(4);
    boolean file = transport(scheme).equals("file");
    if (file && authority.isPresent() && !authority.get().isEmpty()) {
      throw new InputException(
          "file:// URL '" + url + "' has unexpected authority '" + authority.get() + "'");
    }
    return new ParsedUrl(
        scheme,
        authority,
        decode(file && path.isEmpty() ? "/" : path),
        query(m.group(5) == null ? "" : m.group(5)),
        decode(m.group(6) == null ? "" : m.group(6)));
  }

  /** What comes behind the first plus sign: the {@code https} of {@code git+https}. */
  static String transport(String scheme) {
    return scheme.substring(scheme.indexOf('+') + 1);
  }

  /** What comes in front of the first plus sign. */
  Optional<String> application() {
    int plus = scheme.indexOf('+');
    return plus < 0 ? Optional.empty() : Optional.of(scheme.substring(0, plus));
  }

  static Map<String, String> query(String text) {
    Map<String, String> out = new TreeMap<>();
    for (String s : text.split("&")) {
      int eq = s.indexOf('=');
      if (eq >= 0) {
        out.putIfAbsent(s.substring(0, eq), decode(s.substring(eq + 1)));
      }
    }
    return out;
  }

  private static String decode(String s) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) == '%') {
        out.append((char) Integer.parseInt(s, i + 1, i + 3, 16));
        i += 2;
      } else {
        out.append(s.charAt(i));
      }
    }
    return out.toString();
  }

  private static String encode(String s, String keep) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
      out.append(
          plain || keep.indexOf(c) >= 0 ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }

  ParsedUrl withScheme(String other) {
    return new ParsedUrl(other, authority, path, query, fragment);
  }

  ParsedUrl withQuery(Map<String, String> other) {
    return new ParsedUrl(scheme, authority, path, other, fragment);
  }

  /** The URL up to its fragment. */
  public ParsedUrl withoutFragment() {
    return new ParsedUrl(scheme, authority, path, query, "");
  }

  /** The URL, encoded. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(scheme).append(':');
    authority.ifPresent(a -> out.append("//").append(a));
    out.append(encode(path, ":@/"));
    String separator = "?";
    for (Map.Entry<String, String> e : query.entrySet()) {
      out.append(separator)
          .append(encode(e.getKey(), ":@/?"))
          .append('=')
          .append(encode(e.getValue(), ":@/?"));
      separator = "&";
    }
    if (!fragment.isEmpty()) {
      out.append('#').append(encode(fragment, ""));
    }
    return out.toString();
  }
}
