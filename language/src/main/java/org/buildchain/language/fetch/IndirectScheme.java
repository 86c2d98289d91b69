package org.buildchain.language.fetch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code indirect}: a name that a registry translates. */
final class IndirectScheme extends Scheme {
  static final String ID = "[a-zA-Z][a-zA-Z0-9_-]*";

  IndirectScheme() {
    super("indirect", "id", "ref", "rev", "narHash");
  }

  @Override
  Input checked(Input in) {
    id(in.required("id"));
    return in;
  }

  private static String id(String id) {
    if (!id.matches(ID)) {
      throw new InputException("'" + id + "' is not a valid flake ID");
    }
    return id;
  }

  @Override
  Optional<Input> fromUrl(ParsedUrl url, boolean tree) {
    if (!url.scheme().equals("flake")) {
      return Optional.empty();
    }
    List<String> path = List.of(url.path().split("/"));
    Map<String, Object> a = new TreeMap<>();
    a.put("type", "indirect");
    a.put("id", id(path.getFirst()));
    if (path.size() > 3) {
      throw new InputException("GitHub URL '" + url + "' is invalid");
    }
    for (String part : path.subList(1, path.size())) {
      boolean last = part.equals(path.getLast());
      if (last && part.matches(ForgeScheme.REV)) {
        a.put("rev", part);
      } else if (part.matches(ForgeScheme.REF) && !a.containsKey("ref")) {
        a.put("ref", part);
      } else {
        throw new InputException(
            "in flake URL '" + url + "', '" + part + "' is not a commit hash or branch/tag name");
      }
    }
    return Optional.of(new Input(a));
  }

  @Override
  ParsedUrl toUrl(Input in) {
    String path =
        in.required("id")
            + in.ref().map(r -> "/" + r).orElse("")
            + in.rev().map(r -> "/" + r).orElse("");
    return new ParsedUrl("flake", Optional.empty(), path, Map.of(), "");
  }

  @Override
  Input overridden(Input in, Optional<String> ref, Optional<String> rev) {
    return at(in, ref, rev);
  }

  @Override
  boolean isLocked(Input in) {
    return false;
  }
}
