package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** Packages with their names and descriptions. Source: {@code search.cc} of Nix 2.26. */
public final class PackageSearch {
  private static final Pattern VERSION = Pattern.compile("-(?=[^a-zA-Z])");

  /** Where those that fail are passed over. */
  private static final String LEGACY = "legacyPackages";

  /**
   * A package.
   *
   * @param path by which it was reached
   */
  public record Match(String path, String name, String version, String description) {
    private static final int WORDS = 4;

    private List<String> words() {
      return List.of(path, name, version, description);
    }

    /** Those that {@link PackageSearch#words} told. */
    public static List<Match> of(List<String> words) {
      List<Match> all = new ArrayList<>(words.size() / WORDS);
      for (int i = 0; i + WORDS <= words.size(); i += WORDS) {
        all.add(new Match(words.get(i), words.get(i + 1), words.get(i + 2), words.get(i + 3)));
      }
      return all;
    }

    /** Whether an expression matches the path, the name or the description. */
    public boolean matches(Pattern pattern) {
      return Stream.of(path, name, description).anyMatch(t -> pattern.matcher(t).find());
    }
  }

  private final Evaluator ev;
  private final List<String> words = new ArrayList<>();

  /** Nothing is found yet. */
  public PackageSearch(Evaluator ev) {
    this.ev = ev;
  }

  /** All that was found, in words. */
  public List<String> words() {
    return List.copyOf(words);
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
    String description = description(drv).replace('\n', ' ');
    words.addAll(
        new Match(
                path,
                versioned ? full.substring(0, version.start()) : full,
                versioned ? full.substring(version.end()) : "",
                description)
            .words());
  }

  private String description(Attrs drv) {
    return Optional.ofNullable(drv.get(ev.symbols().of("meta")))
        .filter(m -> ev.force(m) instanceof Attrs)
        .map(m -> ((Attrs) ev.force(m)).get(ev.symbols().of("description")))
        .map(d -> ev.force(d) instanceof Str s ? s.value() : "")
        .orElse("");
  }
}
