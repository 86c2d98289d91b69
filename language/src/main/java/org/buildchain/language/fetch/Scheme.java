package org.buildchain.language.fetch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A type of input: which attributes it has, and which URLs stand for it. */
abstract class Scheme {
  /** In the order in which URLs are tried. */
  static final List<Scheme> ALL =
      List.of(
          new CurlScheme("file"),
          new GitScheme(),
          new ForgeScheme("github"),
          new ForgeScheme("gitlab"),
          new IndirectScheme(),
          new MercurialScheme(),
          new PathScheme(),
          new ForgeScheme("sourcehut"),
          new CurlScheme("tarball"));

  private final String name;
  private final Set<String> attributes;

  Scheme(String name, String... attributes) {
    this.name = name;
    this.attributes = Set.of(attributes);
  }

  static Optional<Scheme> named(String type) {
    return ALL.stream().filter(s -> s.name.equals(type)).findFirst();
  }

  final String name() {
    return name;
  }

  final Set<String> attributeNames() {
    return attributes;
  }

  /** The input, if it has no attribute that it must not have; perhaps with a tidied URL. */
  final Input check(Input in) {
    for (String a : in.attributes().keySet()) {
      if (!a.equals("type") && !a.equals("__final") && !attributes.contains(a)) {
        throw new InputException(
            "input attribute '" + a + "' not supported by scheme '" + name + "'");
      }
    }
    return checked(in);
  }

  abstract Input checked(Input in);

  /** The input for a URL of this type. */
  abstract Optional<Input> fromUrl(ParsedUrl url, boolean tree);

  /**
   * The input for a URL {@code type+transport:}, whose query tells attributes of the input besides
   * what belongs to the URL itself.
   *
   * @param texts the names of attributes that are texts
   * @param flags and of those that are flags: "1" is true
   */
  final Input ofTransport(ParsedUrl url, Set<String> texts, Set<String> flags) {
    Map<String, Object> found = new TreeMap<>();
    Map<String, String> query = new TreeMap<>();
    found.put("type", name);
    url.query()
        .forEach(
            (key, value) -> {
              if (texts.contains(key)) {
                found.put(key, value);
              } else if (flags.contains(key)) {
                found.put(key, value.equals("1"));
              } else {
                query.put(key, value);
              }
            });
    found.put("url", url.withScheme(ParsedUrl.transport(url.scheme())).withQuery(query).toString());
    return checked(new Input(found));
  }

  abstract ParsedUrl toUrl(Input in);

  /**
   * An input at a branch or commit, where one is given.
   *
   * @throws InputException if the type has no such thing
   */
  Input overridden(Input in, Optional<String> ref, Optional<String> rev) {
    ref.ifPresent(
        r -> {
          throw new InputException(
              "don't know how to set branch/tag name of input '" + in.toUrl() + "' to '" + r + "'");
        });
    rev.ifPresent(
        r -> {
          throw new InputException(
              "don't know how to set revision of input '" + in.toUrl() + "' to '" + r + "'");
        });
    return in;
  }

  /** An input with the branch and the commit that are given, what it has of both kept otherwise. */
  static Input at(Input in, Optional<String> ref, Optional<String> rev) {
    Input branch = ref.map(r -> in.with("ref", r)).orElse(in);
    return rev.map(r -> branch.with("rev", r)).orElse(branch);
  }

  boolean isLocked(Input in) {
    return in.narHash().isPresent();
  }

  /** {@code url} with a query parameter. */
  static ParsedUrl with(ParsedUrl url, String name, String value) {
    Map<String, String> query = new TreeMap<>(url.query());
    query.put(name, value);
    return url.withQuery(query);
  }

  static Optional<Long> number(String text) {
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }
}
