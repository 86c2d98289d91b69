package org.buildchain.language.fetch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A flake registry: what references stand for. Source: Nix 2.26 manual, {@code nix registry}. One
 * is immutable.
 *
 * @param entries the first that fits holds
 */
public record Registry(List<Entry> entries) {
  /** A registry without entries. */
  public static final Registry EMPTY = new Registry(List.of());

  /** A registry may lead in a circle. */
  private static final int MAX_STEPS = 100;

  /** {@link Registry}. */
  public Registry {
    entries = List.copyOf(entries);
  }

  /**
   * What a reference stands for.
   *
   * @param dir the folder in the tree that {@code to} is
   * @param exact whether {@code from} stands for itself alone, not for its branches and commits too
   */
  public record Entry(Input from, Input to, Optional<String> dir, boolean exact) {
    /**
     * The entry in a registry's words.
     *
     * @throws InputException if one of the references is malformed
     */
    public static Entry of(Map<String, Object> from, Map<String, Object> to, boolean exact) {
      Map<String, Object> target = new TreeMap<>(to);
      Object dir = target.remove("dir");
      return new Entry(
          Input.of(from),
          Input.of(target),
          dir instanceof String s ? Optional.of(s) : Optional.empty(),
          exact);
    }

    private boolean fits(Input in) {
      return from.equals(in) || (!exact && from.equals(in.without("ref").without("rev")));
    }

    private Input target(Input in) {
      return exact
          ? to
          : to.overridden(
              from.ref().isEmpty() ? in.ref() : Optional.empty(),
              from.rev().isEmpty() ? in.rev() : Optional.empty());
    }
  }

  /**
   * What a reference was found to stand for.
   *
   * @param dir the folder in the tree, where the registry names one
   */
  public record Resolved(Input input, Optional<String> dir) {}

  /** A registry that is had at some cost, so only where no other one knows a name. */
  @FunctionalInterface
  public interface Remote {
    /** The registry. */
    Registry get() throws IOException;
  }

  /**
   * Looks a reference up, and what it stands for, until nothing fits any more.
   *
   * @param registries the first that has a fitting entry holds
   * @param last is asked after them
   * @throws InputException if what is found last is still a mere name, or there is no end
   */
  public static Resolved resolve(List<Registry> registries, Remote last, Input asked)
      throws IOException {
    Resolved found = follow(registries, new Resolved(asked, Optional.empty()));
    if (found.input().isIndirect()) {
      List<Registry> all = new ArrayList<>(registries);
      all.add(last.get());
      found = follow(all, found);
    }
    if (found.input().isIndirect()) {
      throw new InputException(
          "cannot find flake '" + found.input().toUrl() + "' in the flake registries");
    }
    return found;
  }

  private static Resolved follow(List<Registry> registries, Resolved asked) {
    Resolved at = asked;
    for (int step = 0; step < MAX_STEPS; step++) {
      Input in = at.input();
      Optional<Entry> entry =
          registries.stream().flatMap(r -> r.entries.stream()).filter(e -> e.fits(in)).findFirst();
      if (entry.isEmpty()) {
        return at;
      }
      at = new Resolved(entry.get().target(in), entry.get().dir());
    }
    throw new InputException("cycle detected in flake registry for '" + at.input().toUrl() + "'");
  }
}
