package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.buildchain.store.hash.Hash;

/** {@code file} and {@code tarball}: what a URL gives, as it is or unpacked. */
final class CurlScheme extends Scheme {
  private static final Set<String> TRANSPORTS = Set.of("file", "http", "https");

  CurlScheme(String name) {
    super(name, "type", "url", "narHash", "name", "unpack", "rev", "revCount", "lastModified");
  }

  @Override
  Input checked(Input in) {
    return in;
  }

  private static boolean isArchive(String path) {
    return Stream.of(".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst")
        .anyMatch(path::endsWith);
  }

  @Override
  Optional<Input> fromUrl(ParsedUrl url, boolean tree) {
    boolean unpack = tree || isArchive(url.path());
    boolean mine =
        url.application().map(a -> a.equals(name())).orElse(unpack == name().equals("tarball"));
    if (!mine || !TRANSPORTS.contains(ParsedUrl.transport(url.scheme()))) {
      return Optional.empty();
    }
    Map<String, Object> a = new TreeMap<>();
    Map<String, String> query = new TreeMap<>(url.query());
    for (String text : new String[] {"narHash", "rev"}) {
      Optional.ofNullable(query.get(text)).ifPresent(v -> a.put(text, v));
    }
    for (String n : new String[] {"revCount", "lastModified"}) {
      Optional.ofNullable(query.get(n)).flatMap(Scheme::number).ifPresent(v -> a.put(n, v));
    }
    query.keySet().removeAll(attributeNames());
    a.put("type", name());
    a.put("url", url.withScheme(ParsedUrl.transport(url.scheme())).withQuery(query).toString());
    return Optional.of(new Input(a));
  }

  @Override
  ParsedUrl toUrl(Input in) {
    ParsedUrl url = ParsedUrl.parse(in.required("url"));
    return in.narHash().map(h -> with(url, "narHash", h.encode(Hash.Format.SRI))).orElse(url);
  }
}
