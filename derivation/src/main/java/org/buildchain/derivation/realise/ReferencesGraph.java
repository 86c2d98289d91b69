package org.buildchain.derivation.realise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.attributes.Json;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/**
 * {@code exportReferencesGraph}: tells a builder which paths its inputs refer to. Source: {@code
 * Store::exportReferences}, {@code makeValidityRegistration} and {@code pathInfoToJSON} of Nix
 * 2.26.
 */
final class ReferencesGraph {
  private final Store store;
  private final Function<StorePath, Derivation> derivations;
  private final SortedSet<StorePath> inputs;

  /**
   * @param inputs the closure of the derivation's inputs; nothing else may be exported
   */
  ReferencesGraph(
      Store store, Function<StorePath, Derivation> derivations, SortedSet<StorePath> inputs) {
    this.store = store;
    this.derivations = derivations;
    this.inputs = inputs;
  }

  /** The files of the older form: {@code name path name path …}. */
  Map<String, String> files(String attribute) {
    List<String> words = Attributes.words(attribute);
    if (words.size() % 2 != 0) {
      throw new BuildException(
          "odd number of tokens in 'exportReferencesGraph': '" + attribute + "'");
    }
    Map<String, String> files = new TreeMap<>();
    for (int i = 0; i < words.size(); i += 2) {
      String name = words.get(i);
      if (!name.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
        throw new BuildException("invalid file name '" + name + "' in 'exportReferencesGraph'");
      }
      files.put(name, registration(export(List.of(words.get(i + 1)))));
    }
    return files;
  }

  /** The attributes with each graph that the structured form asks for added. */
  Json.Obj addTo(Json.Obj attributes) {
    if (!(attributes.members().get("exportReferencesGraph") instanceof Json.Obj wanted)) {
      return attributes;
    }
    SortedMap<String, Json> members = new TreeMap<>(attributes.members());
    for (Map.Entry<String, Json> graph : wanted.members().entrySet()) {
      List<String> roots = new ArrayList<>();
      Collection<Json> elements =
          switch (graph.getValue()) {
            case Json.Arr list -> list.elements();
            case Json.Obj object -> object.members().values();
            case Json single -> List.of(single);
          };
      for (Json element : elements) {
        if (!(element instanceof Json.Str path)) {
          throw new BuildException("'exportReferencesGraph' must hold store paths only");
        }
        roots.add(path.value());
      }
      members.put(graph.getKey(), describe(export(roots)));
    }
    return new Json.Obj(members);
  }

  private SortedSet<StorePath> export(List<String> roots) {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String root : roots) {
      StorePath path =
          store
              .dir()
              .containing(root)
              .orElseThrow(
                  () ->
                      new BuildException(
                          "'exportReferencesGraph' contains a non-store path '" + root + "'"));
      if (!inputs.contains(path)) {
        throw new BuildException(
            "cannot export references of path '"
                + store.dir().print(path)
                + "' because it is not in the input closure of the derivation");
      }
      paths.add(path);
    }
    SortedSet<StorePath> closure = new TreeSet<>(store.closure(paths));
    List<StorePath> outputs = new ArrayList<>();
    for (StorePath path : closure) {
      if (path.isDerivation()) {
        Derivation drv = derivations.apply(path);
        for (Map.Entry<String, DerivationOutput> output : drv.outputs().entrySet()) {
          outputs.add(
              output
                  .getValue()
                  .path(store.dir(), drv.name(), output.getKey())
                  .orElseThrow(
                      () ->
                          new BuildException(
                              "exportReferences on CA derivations is not supported")));
        }
      }
    }
    closure.addAll(store.closure(outputs));
    return closure;
  }

  private String registration(SortedSet<StorePath> paths) {
    StringBuilder out = new StringBuilder();
    for (StorePath path : paths) {
      SortedSet<StorePath> references = info(path).references();
      // The second line would name the deriver; builders must not depend on it.
      out.append(store.dir().print(path)).append("\n\n").append(references.size()).append('\n');
      references.forEach(r -> out.append(store.dir().print(r)).append('\n'));
    }
    return out.toString();
  }

  private Json describe(SortedSet<StorePath> paths) {
    List<Json> list = new ArrayList<>();
    for (StorePath path : paths) {
      PathInfo info = info(path);
      SortedMap<String, Json> members = new TreeMap<>();
      members.put("path", new Json.Str(store.dir().print(path)));
      members.put("valid", new Json.Bool(true));
      members.put("narHash", new Json.Str(info.narHash().prefixed(Hash.Format.NIX32)));
      members.put("narSize", new Json.Num(Long.toString(info.narSize())));
      List<Json> references = new ArrayList<>();
      info.references().forEach(r -> references.add(new Json.Str(store.dir().print(r))));
      members.put("references", new Json.Arr(references));
      info.contentAddress().ifPresent(ca -> members.put("ca", new Json.Str(ca.toString())));
      long closureSize =
          store.closure(List.of(path)).stream().mapToLong(p -> info(p).narSize()).sum();
      members.put("closureSize", new Json.Num(Long.toString(closureSize)));
      list.add(new Json.Obj(members));
    }
    return new Json.Arr(list);
  }

  private PathInfo info(StorePath path) {
    return store
        .query(path)
        .orElseThrow(
            () -> new FormatException("path '" + store.dir().print(path) + "'", "is not valid"));
  }
}
