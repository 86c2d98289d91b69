package org.buildchain.daemon.evaluation;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;

/**
 * Which outputs of a derivation are meant. Source: Nix 2.26 manual, {@code nix}, "Derivation output
 * selection". Immutable.
 *
 * @param all whether all are
 * @param names those that are named; none and not all: what the derivation itself says
 */
public record OutputsSpec(boolean all, List<String> names) {
  /** What the derivation itself says. */
  public static final OutputsSpec DEFAULT = new OutputsSpec(false, List.of());

  private static final String NAME = "(?!\\.\\.?(?:-|$))[0-9a-zA-Z+._?=-]+";
  private static final Pattern NAMES = Pattern.compile(NAME + "(?:," + NAME + ")*");

  /** {@link OutputsSpec}. */
  public OutputsSpec {
    names = List.copyOf(names);
  }

  /**
   * What stands before a selection, and the selection.
   *
   * @param of the text without {@code ^…}
   */
  public record Selected(String of, OutputsSpec outputs) {}

  /**
   * Reads {@code ….^out,dev} or {@code …^*}.
   *
   * @throws FormatException if what stands behind the last {@code ^} is no selection
   */
  public static Selected parse(String text) {
    int cut = text.lastIndexOf('^');
    if (cut < 0) {
      return new Selected(text, DEFAULT);
    }
    String names = text.substring(cut + 1);
    String of = text.substring(0, cut);
    if (names.equals("*")) {
      return new Selected(of, new OutputsSpec(true, List.of()));
    }
    if (!NAMES.matcher(names).matches()) {
      throw new FormatException("invalid extended outputs specifier '" + text + "'");
    }
    SortedSet<String> sorted = new TreeSet<>(List.of(names.split(",")));
    return new Selected(of, new OutputsSpec(false, List.copyOf(sorted)));
  }

  /** Whether something is named. */
  public boolean isExplicit() {
    return all || !names.isEmpty();
  }

  /** The outputs meant of a derivation that has {@code known}. */
  public List<String> of(SortedSet<String> known) {
    return all ? List.copyOf(known) : names;
  }
}
