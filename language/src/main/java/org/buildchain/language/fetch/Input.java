package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * Something to fetch: attributes, whose values are texts, truth values and numbers that are not
 * negative. What was fetched is described by an input too, with more attributes. Immutable.
 */
public final class Input {
  private final SortedMap<String, Object> attributes;

  Input(Map<String, Object> attributes) {
    this.attributes = new TreeMap<>(attributes);
  }

  /**
   * The input that has these attributes.
   *
   * @param attributes {@link String}, {@link Boolean} or {@link Long}
   * @throws InputException if the type does not know one of them, or needs another
   */
  public static Input of(Map<String, Object> attributes) {
    Input in = new Input(attributes);
    String type =
        in.text("type")
            .orElseThrow(
                () ->
                    new InputException(
                        "'type' attribute to specify input scheme is required but not provided"));
    return Scheme.named(type).map(s -> s.check(in)).orElse(in).checked();
  }

  /**
   * The input that a URL stands for.
   *
   * @throws InputException if no type of input has such URLs
   */
  public static Input ofUrl(String url) {
    return ofUrl(ParsedUrl.parse(url), true);
  }

  static Input ofUrl(ParsedUrl url, boolean tree) {
    for (Scheme s : Scheme.ALL) {
      Optional<Input> in = s.fromUrl(url, tree);
      if (in.isPresent()) {
        return in.get().checked();
      }
    }
    throw new InputException("input '" + url + "' is unsupported");
  }

  private Input checked() {
    text("type");
    ref();
    number("revCount");
    number("lastModified");
    return this;
  }

  /** All attributes by name. */
  public SortedMap<String, Object> attributes() {
    return attributes;
  }

  /** The type: {@code git}, {@code path}, {@code file}, {@code tarball} and others. */
  public String type() {
    return required("type");
  }

  /** A text. */
  public Optional<String> text(String name) {
    Object v = attributes.get(name);
    if (v == null || v instanceof String) {
      return Optional.ofNullable((String) v);
    }
    throw new InputException("input attribute '" + name + "' is not a string " + json());
  }

  /** A text that must be there. */
  public String required(String name) {
    return text(name)
        .orElseThrow(() -> new InputException("input attribute '" + name + "' is missing"));
  }

  /** A number. */
  public Optional<Long> number(String name) {
    Object v = attributes.get(name);
    if (v == null || v instanceof Long) {
      return Optional.ofNullable((Long) v);
    }
    throw new InputException("input attribute '" + name + "' is not an integer");
  }

  /** A truth value, false if it is not there. */
  public boolean flag(String name) {
    Object v = attributes.get(name);
    if (v == null || v instanceof Boolean) {
      return v == Boolean.TRUE;
    }
    throw new InputException("input attribute '" + name + "' is not a Boolean");
  }

  /** A branch or tag. */
  public Optional<String> ref() {
    return text("ref");
  }

  /** A commit, in hexadecimal digits. */
  public Optional<String> rev() {
    return text("rev")
        .map(
            r -> {
              try {
                Hash h = Hash.parse(r, Optional.of(HashAlgorithm.SHA1));
                return h.encode(Hash.Format.BASE16);
              } catch (FormatException e) {
                throw new InputException(e);
              }
            });
  }

  /** The hash that the tree must have, or was found to have. */
  public Optional<Hash> narHash() {
    return text("narHash")
        .map(
            h -> {
              try {
                Hash hash =
                    h.isEmpty()
                        ? new Hash(HashAlgorithm.SHA256, new byte[HashAlgorithm.SHA256.size()])
                        : sri(h);
                if (hash.algorithm() != HashAlgorithm.SHA256) {
                  throw new InputException("narHash must use SHA-256");
                }
                return hash;
              } catch (FormatException e) {
                throw new InputException(e.getMessage());
              }
            });
  }

  private static Hash sri(String text) {
    if (text.indexOf('-') < 0) {
      throw new InputException("hash '" + text + "' is not SRI");
    }
    return Hash.parse(text, Optional.empty());
  }

  /** Whether the type is known here. */
  public boolean isSupported() {
    return Scheme.named(type()).isPresent();
  }

  /** The name of the store path. */
  public String name() {
    return text("name").orElse("source");
  }

  /** This input with an attribute set or changed. */
  public Input with(String name, Object value) {
    SortedMap<String, Object> next = new TreeMap<>(attributes);
    next.put(name, value);
    return new Input(next);
  }

  /** This input without an attribute. */
  public Input without(String name) {
    SortedMap<String, Object> next = new TreeMap<>(attributes);
    next.remove(name);
    return new Input(next);
  }

  /** Whether it is a name that a registry translates. */
  public boolean isIndirect() {
    return type().equals("indirect");
  }

  /** This input at a branch or commit, where one is given. */
  Input overridden(Optional<String> ref, Optional<String> rev) {
    return Scheme.named(type()).map(s -> s.overridden(this, ref, rev)).orElse(this);
  }

  /** This input with an attribute unless it has it already. */
  public Input withDefault(String name, Object value) {
    return attributes.containsKey(name) ? this : with(name, value);
  }

  /** Whether what it names can never change. */
  public boolean isLocked() {
    return Scheme.named(type()).map(s -> s.isLocked(this)).orElse(false);
  }

  /** The URL that stands for it; an octet string. */
  public String toUrl() {
    return url().toString();
  }

  ParsedUrl url() {
    return Scheme.named(type())
        .orElseThrow(() -> new InputException("cannot show unsupported input '" + json() + "'"))
        .toUrl(this);
  }

  /** The path of a {@code path} input that does not begin at the root. */
  public Optional<String> relativePath() {
    return type().equals("path")
        ? Optional.of(required("path")).filter(p -> !p.startsWith("/"))
        : Optional.empty();
  }

  /**
   * What is known of this input now that it was fetched. If it comes from a lock file ({@code
   * __final}), that is what the lock file says and nothing else.
   *
   * @throws InputException if an attribute that both have differs
   */
  public Input settled(Input result) {
    if (!flag("__final")) {
      checkFetched(result);
      return result;
    }
    Input mine = narHash().map(h -> with("narHash", h.encode(Hash.Format.SRI))).orElse(this);
    mine.attributes.forEach(
        (name, value) -> {
          Object other = result.attributes.get(name);
          if (other != null && !other.equals(value)) {
            throw new InputException(
                "mismatch in field '" + name + "' of input '" + mine + "', got '" + result + "'");
          }
        });
    return mine;
  }

  /**
   * Looks whether what was fetched is what this input asks for.
   *
   * @throws InputException if an attribute that both have differs
   */
  private void checkFetched(Input result) {
    Optional<Hash> hash = narHash();
    if (hash.isPresent() && !hash.equals(result.narHash())) {
      throw new InputException(
          "NAR hash mismatch in input '"
              + toUrl()
              + "', expected '"
              + hash.get().encode(Hash.Format.SRI)
              + "' but got "
              + result.narHash().map(h -> "'" + h.encode(Hash.Format.SRI) + "'").orElse("none"),
          102);
    }
    Optional<Long> modified = number("lastModified");
    if (modified.isPresent() && !modified.equals(result.number("lastModified"))) {
      throw new InputException(
          "'lastModified' attribute mismatch in input '"
              + result.toUrl()
              + "', expected "
              + modified.get()
              + ", got "
              + result.number("lastModified").orElse(-1L));
    }
    Optional<String> rev = rev();
    if (rev.isPresent() && !rev.equals(result.rev())) {
      throw new InputException(
          "'rev' attribute mismatch in input '" + result.toUrl() + "', expected " + rev.get());
    }
    Optional<Long> count = number("revCount");
    if (count.isPresent() && !count.equals(result.number("revCount"))) {
      throw new InputException(
          "'revCount' attribute mismatch in input '"
              + result.toUrl()
              + "', expected "
              + count.get());
    }
  }

  private String json() {
    StringBuilder out = new StringBuilder("{");
    attributes.forEach(
        (name, v) ->
            out.append(out.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(v instanceof String ? "\"" + v + "\"" : v));
    return out.append('}').toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Input i && attributes.equals(i.attributes);
  }

  @Override
  public int hashCode() {
    return attributes.hashCode();
  }

  @Override
  public String toString() {
    return json();
  }
}
