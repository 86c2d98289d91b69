package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.attributes.Json;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;

/**
 * What a derivation demands of its outputs: {@code allowedReferences} and its relatives, {@code
 * maxSize}, {@code maxClosureSize}. Source: {@code checkOutputs} of Nix 2.26.
 */
final class OutputChecks {
  private static final List<String> LISTS =
      List.of(
          "allowedReferences", "allowedRequisites", "disallowedReferences", "disallowedRequisites");

  private final Attributes attributes;
  private final Store store;
  private final Map<StorePath, BuiltOutput> byPath = new TreeMap<>();
  private final Map<String, StorePath> byName = new TreeMap<>();

  OutputChecks(Attributes attributes, Store store) {
    this.attributes = attributes;
    this.store = store;
  }

  /** Whether there is anything to check. */
  static boolean exist(Attributes attributes) {
    return attributes.structured().isPresent()
        ? attributes.structured().get().members().containsKey("outputChecks")
        : LISTS.stream().anyMatch(l -> attributes.strings(l).isPresent());
  }

  /**
   * @param outputs with their true references
   * @throws BuildException naming the output and what is wrong with it
   */
  void apply(Collection<BuiltOutput> outputs) throws IOException {
    for (BuiltOutput output : outputs) {
      byPath.put(output.path(), output);
      byName.put(output.name(), output.path());
    }
    for (BuiltOutput output : outputs) {
      if (attributes.structured().isEmpty()) {
        for (String list : LISTS) {
          Optional<List<String>> specifiers = attributes.strings(list);
          if (specifiers.isPresent()) {
            check(output, list, specifiers.get(), true);
          }
        }
      } else if (attributes.structured().get().members().get("outputChecks") instanceof Json.Obj all
          && all.members().get(output.name()) instanceof Json.Obj checks) {
        checkStructured(output, checks);
      }
    }
  }

  private void checkStructured(BuiltOutput output, Json.Obj checks) throws IOException {
    Optional<Json.Num> maxSize = attributes.number("maxSize", checks);
    if (maxSize.isPresent()) {
      Json.Num limit = maxSize.get();
      long size = Nar.size(output.tree());
      if (size > Double.parseDouble(limit.digits())) {
        throw new BuildException(
            "path '"
                + store.dir().print(output.path())
                + "' is too large at "
                + size
                + " bytes; limit is "
                + limit.digits()
                + " bytes");
      }
    }
    Optional<Json.Num> maxClosureSize = attributes.number("maxClosureSize", checks);
    if (maxClosureSize.isPresent()) {
      Json.Num limit = maxClosureSize.get();
      long size = 0;
      for (StorePath path : closure(output.path())) {
        size += narSize(path);
      }
      if (size > Double.parseDouble(limit.digits())) {
        throw new BuildException(
            "closure of path '"
                + store.dir().print(output.path())
                + "' is too large at "
                + size
                + " bytes; limit is "
                + limit.digits()
                + " bytes");
      }
    }
    boolean ignoreSelf = checks.members().get("ignoreSelfRefs") instanceof Json.Bool b && b.value();
    for (String list : LISTS) {
      Json value = checks.members().get(list);
      if (value != null) {
        check(output, list, attributes.strings(list, value), ignoreSelf);
      }
    }
  }

  private void check(BuiltOutput output, String list, List<String> specifiers, boolean ignoreSelf) {
    SortedSet<StorePath> named = new TreeSet<>();
    specifiers.forEach(s -> named.add(specified(s)));
    boolean recursive = list.endsWith("Requisites");
    boolean allowed = list.startsWith("allowed");
    SortedSet<StorePath> used =
        recursive ? closure(output.path()) : new TreeSet<>(output.references());
    if (recursive && ignoreSelf) {
      used.remove(output.path());
    }
    StringBuilder bad = new StringBuilder();
    for (StorePath path : used) {
      if (named.contains(path) != allowed) {
        bad.append(BuildException.INDENT).append("  ").append(store.dir().print(path));
      }
    }
    if (!bad.isEmpty()) {
      throw new BuildException(
          "output '"
              + store.dir().print(output.path())
              + "' is not allowed to refer to the following paths:"
              + bad);
    }
  }

  private StorePath specified(String specifier) {
    if (byName.containsKey(specifier)) {
      return byName.get(specifier);
    }
    return store
        .dir()
        .containing(specifier)
        .filter(p -> store.dir().print(p).equals(specifier))
        .orElseThrow(
            () ->
                new BuildException(
                    "derivation contains an illegal reference specifier '" + specifier + "'"));
  }

  private SortedSet<StorePath> closure(StorePath root) {
    SortedSet<StorePath> seen = new TreeSet<>();
    Deque<StorePath> left = new ArrayDeque<>(List.of(root));
    while (!left.isEmpty()) {
      StorePath path = left.pop();
      if (seen.add(path)) {
        BuiltOutput output = byPath.get(path);
        left.addAll(output != null ? output.references() : info(path).references());
      }
    }
    return seen;
  }

  private long narSize(StorePath path) throws IOException {
    BuiltOutput output = byPath.get(path);
    return output != null ? Nar.size(output.tree()) : info(path).narSize();
  }

  private PathInfo info(StorePath path) {
    return store
        .query(path)
        .orElseThrow(
            () -> new BuildException("path '" + store.dir().print(path) + "' is not valid"));
  }
}
