package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code builtins.parseFlakeRef} and {@code flakeRefToString}. Source: {@code flakeref.cc}. */
public final class FlakeRefs {
  private static final Pattern ID =
      Pattern.compile(
          "("
              + IndirectScheme.ID
              + "(?:/(?:"
              + ForgeScheme.REV
              + "|"
              + ForgeScheme.REF
              + "))?)(?:#(.*))?");
  private static final Pattern PATH = Pattern.compile("([^?#]*)(?:\\?([^#]*))?(?:#(.*))?");

  private FlakeRefs() {}

  /**
   * The attributes that a reference stands for.
   *
   * @throws InputException if it is malformed
   */
  public static SortedMap<String, Object> parse(String text) {
    return parse(text, false, true);
  }

  /** Whether a text may be the name of an input. */
  public static boolean isId(String text) {
    return text.matches(IndirectScheme.ID);
  }

  /**
   * Likewise.
   *
   * @param relative whether it may be a path that does not begin at the root
   * @param tree whether a folder is wanted, so that a URL of a file is one of an archive
   * @throws InputException if it is malformed
   */
  public static SortedMap<String, Object> parse(String text, boolean relative, boolean tree) {
    ParsedUrl url = url(text, relative);
    if (!url.fragment().isEmpty()) {
      throw new InputException(
          "unexpected fragment '" + url.fragment() + "' in flake reference '" + text + "'");
    }
    Map<String, String> query = new TreeMap<>(url.query());
    Optional<String> dir = Optional.ofNullable(query.remove("dir"));
    SortedMap<String, Object> out =
        new TreeMap<>(input(text, url.withQuery(query), tree).attributes());
    dir.filter(d -> !d.isEmpty()).ifPresent(d -> out.put("dir", d));
    return out;
  }

  /** As in Nix, a URL that its scheme does not like is taken for a path. */
  private static Input input(String text, ParsedUrl url, boolean tree) {
    try {
      return Input.ofUrl(url, tree);
    } catch (InputException e) {
      boolean known = url.scheme().equals("path") || e.isOfHash();
      throw !known && Scheme.named(url.scheme()).isPresent() ? notAbsolute(text) : e;
    }
  }

  private static InputException notAbsolute(String text) {
    return new InputException("flake reference '" + text + "' is not an absolute path");
  }

  private static ParsedUrl url(String text, boolean relative) {
    Matcher id = ID.matcher(text);
    if (id.matches()) {
      return new ParsedUrl(
          "flake",
          Optional.of(""),
          id.group(1),
          Map.of(),
          Optional.ofNullable(id.group(2)).orElse(""));
    }
    try {
      return ParsedUrl.parse(text);
    } catch (InputException e) {
      Matcher path = PATH.matcher(text);
      if (!path.matches() || !(relative || path.group(1).startsWith("/"))) {
        throw notAbsolute(text);
      }
      return new ParsedUrl(
          "path",
          Optional.of(""),
          path.group(1),
          ParsedUrl.query(Optional.ofNullable(path.group(2)).orElse("")),
          Optional.ofNullable(path.group(3)).orElse(""));
    }
  }

  /**
   * The reference that stands for attributes.
   *
   * @throws InputException if there is none
   */
  public static String print(Map<String, Object> attributes) {
    Map<String, Object> rest = new TreeMap<>(attributes);
    Object dir = rest.remove("dir");
    ParsedUrl url = Input.of(rest).url();
    return (dir instanceof String d && !d.isEmpty() ? Scheme.with(url, "dir", d) : url).toString();
  }
}
