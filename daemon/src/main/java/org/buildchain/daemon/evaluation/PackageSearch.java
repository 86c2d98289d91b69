package org.buildchain.daemon.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/**
 * Packages whose path, name or description matches regular expressions. Source: {@code search.cc}
 * of Nix 2.26.
 */
public final class PackageSearch {
  private static final Pattern VERSION = Pattern.compile("-(?=[^a-zA-Z])");

  /** Where those that fail are passed over. */
  private static final String LEGACY = "legacyPackages";

  /**
   * What is looked for.
   *
   * @param wanted all of which must match
   * @param excluded none of which may
   */
  public record Terms(List<Pattern> wanted, List<Pattern> excluded) {}

  /** A package. */
  public record Match(String name, String version, String description) {}

  private final Evaluator ev;
  private final Terms terms;
  private final Map<String, Match> found;

  /**
   * @param found gets what matches, by its path
   */
  public PackageSearch(Evaluator ev, Terms terms, Map<String, Match> found) {
    this.ev = ev;
    this.terms = terms;
    this.found = found;
  }

  /**
   * Searches a value and the sets below it that are sets of packages.
   *
   * @param path of the value; empty for none
   */
  public void search(Value value, List<String> path) {
    visit(value, path, true);
  }

  private void visit(Value value, List<String> path, boolean first) {
    boolean legacy = !path.isEmpty() && path.getFirst().equals(LEGACY);
    try {
      if (!(ev.force(value) instanceof Attrs a)) {
        return;
      }
      if (ev.isDerivation(a)) {
        look(a, String.join(".", path));
      } else if (first || path.size() <= (isOfPackages(path) ? 2 : 0) || (legacy && recurses(a))) {
        for (int i : a.byName()) {
          visit(a.value(i), joined(path, a.name(i).name()), false);
        }
      }
    } catch (EvalException e) {
      if (!legacy) {
        throw e;
      }
    }
  }

  private static boolean isOfPackages(List<String> path) {
    return !path.isEmpty() && List.of("packages", LEGACY).contains(path.getFirst());
  }

  private static List<String> joined(List<String> path, String name) {
    return Stream.concat(path.stream(), Stream.of(name)).toList();
  }

  private boolean recurses(Attrs a) {
    Value v = a.get(ev.symbols().of("recurseForDerivations"));
    return v != null && ev.bool(v, Pos.NONE, "");
  }

  private void look(Attrs drv, String path) {
    String full = ev.stringNoContext(drv.get(ev.symbols().of("name")), Pos.NONE, "");
    Matcher version = VERSION.matcher(full);
    boolean versioned = version.find();
    String name = versioned ? full.substring(0, version.start()) : full;
    String description = description(drv).replace('\n', ' ');
    List<String> texts = List.of(path, name, description);
    if (terms.excluded().stream().noneMatch(p -> matches(p, texts))
        && terms.wanted().stream().allMatch(p -> matches(p, texts))) {
      found.put(path, new Match(name, versioned ? full.substring(version.end()) : "", description));
    }
  }

  private static boolean matches(Pattern pattern, List<String> texts) {
    return texts.stream().anyMatch(t -> pattern.matcher(t).find());
  }

  private String description(Attrs drv) {
    return Optional.ofNullable(drv.get(ev.symbols().of("meta")))
        .filter(m -> ev.force(m) instanceof Attrs)
        .map(m -> ((Attrs) ev.force(m)).get(ev.symbols().of("description")))
        .map(d -> ev.force(d) instanceof Str s ? s.value() : "")
        .orElse("");
  }
}
