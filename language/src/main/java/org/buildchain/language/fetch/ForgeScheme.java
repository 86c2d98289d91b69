package org.buildchain.language.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.store.hash.Hash;

/** {@code github}, {@code gitlab}, {@code sourcehut}: repositories that give archives. */
final class ForgeScheme extends Scheme {
  static final String REF = "[a-zA-Z0-9@][a-zA-Z0-9_.\\/@+-]*";
  static final String REV = "[0-9a-fA-F]{40}";

  ForgeScheme(String name) {
    super(name, "owner", "repo", "ref", "rev", "narHash", "lastModified", "host", "treeHash");
  }

  @Override
  Input checked(Input in) {
    in.required("owner");
    in.required("repo");
    return in;
  }

  @Override
  Optional<Input> fromUrl(ParsedUrl url, boolean tree) {
    if (!url.scheme().equals(name())) {
      return Optional.empty();
    }
    List<String> path = new ArrayList<>(List.of(url.path().split("/")));
    path.removeIf(String::isEmpty);
    if (path.size() < 2) {
      throw new InputException("URL '" + url + "' is invalid");
    }
    Map<String, Object> a = new TreeMap<>();
    a.put("type", name());
    a.put("owner", path.get(0));
    a.put("repo", path.get(1));
    if (path.size() > 2) {
      String version = String.join("/", path.subList(2, path.size()));
      boolean single = path.size() == 3;
      if (single && version.matches(REV)) {
        a.put("rev", version);
      } else if (version.matches(REF)) {
        a.put("ref", version);
      } else {
        throw new InputException(
            "in URL '"
                + url
                + "', '"
                + version
                + "' is not a "
                + (single ? "commit hash or " : "")
                + "branch/tag name");
      }
    }
    query(url, a);
    if (a.containsKey("ref") && a.containsKey("rev")) {
      throw new InputException(
          "URL '"
              + url
              + "' contains both a commit hash and a branch/tag name "
              + a.get("ref")
              + " "
              + a.get("rev"));
    }
    return Optional.of(new Input(a));
  }

  private static void query(ParsedUrl url, Map<String, Object> a) {
    url.query()
        .forEach(
            (name, value) -> {
              switch (name) {
                case "rev" -> once(url, a, name, value, "commit hashes");
                case "ref" -> once(url, a, name, value, "branch/tag names");
                case "host" -> {
                  if (!value.matches("[a-zA-Z0-9.-]*")) {
                    throw new InputException("URL '" + url + "' contains an invalid instance host");
                  }
                  a.put(name, value);
                }
                case "narHash" -> a.put(name, value);
                default -> {}
              }
            });
  }

  private static void once(
      ParsedUrl url, Map<String, Object> a, String name, String value, String many) {
    String meant = value;
    if (name.equals("rev")) {
      meant = new Input(Map.of(name, value)).rev().orElseThrow();
    } else if (!value.matches(REF)) {
      throw new InputException("URL '" + url + "' contains an invalid branch/tag name");
    }
    if (a.put(name, meant) != null) {
      throw new InputException("URL '" + url + "' contains multiple " + many);
    }
  }

  @Override
  ParsedUrl toUrl(Input in) {
    String path =
        in.required("owner")
            + "/"
            + in.required("repo")
            + in.ref().map(r -> "/" + r).orElse("")
            + in.rev().map(r -> "/" + r).orElse("");
    ParsedUrl url = new ParsedUrl(name(), Optional.empty(), path, Map.of(), "");
    return in.narHash().map(h -> with(url, "narHash", h.encode(Hash.Format.SRI))).orElse(url);
  }

  @Override
  Input overridden(Input in, Optional<String> ref, Optional<String> rev) {
    if (ref.isPresent() && rev.isPresent()) {
      throw new InputException(
          "cannot apply both a commit hash ("
              + rev.get()
              + ") and a branch/tag name ('"
              + ref.get()
              + "') to input '"
              + in.toUrl()
              + "'");
    }
    Input branch = ref.map(r -> in.with("ref", r).without("rev")).orElse(in);
    return rev.map(r -> branch.with("rev", r).without("ref")).orElse(branch);
  }

  @Override
  boolean isLocked(Input in) {
    return in.rev().isPresent();
  }
}
