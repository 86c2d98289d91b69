package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code hg}: a commit of a Mercurial repository, or what its working folder holds. */
final class MercurialScheme extends Scheme {
  private static final Set<String> SCHEMES = Set.of("hg+http", "hg+https", "hg+ssh", "hg+file");

  MercurialScheme() {
    super("hg", "url", "ref", "rev", "revCount", "narHash", "name");
  }

  @Override
  Input checked(Input in) {
    ParsedUrl.parse(in.required("url"));
    in.ref()
        .filter(r -> !r.matches(ForgeScheme.REF))
        .ifPresent(
            r -> {
              throw new InputException("invalid Mercurial branch/tag name '" + r + "'");
            });
    return in;
  }

  @Override
  Optional<Input> fromUrl(ParsedUrl url, boolean tree) {
    if (!SCHEMES.contains(url.scheme())) {
      return Optional.empty();
    }
    return Optional.of(ofTransport(url, Set.of("rev", "ref"), Set.of()));
  }

  @Override
  ParsedUrl toUrl(Input in) {
    ParsedUrl url = ParsedUrl.parse(in.required("url"));
    Map<String, String> query = new TreeMap<>(url.query());
    in.rev().ifPresent(r -> query.put("rev", r));
    in.ref().ifPresent(r -> query.put("ref", r));
    return url.withScheme("hg+" + url.scheme()).withQuery(query);
  }

  @Override
  Input overridden(Input in, Optional<String> ref, Optional<String> rev) {
    return at(in, ref, rev);
  }

  @Override
  boolean isLocked(Input in) {
    return in.rev().isPresent();
  }
}
