package org.buildchain.derivation.realise;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Placeholders;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.attributes.Json;
import org.buildchain.derivation.attributes.StructuredAttrs;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/**
 * The files in which a builder finds structured attributes. Paths of outputs are placeholders in
 * them. Source: {@code ParsedDerivation::prepareStructuredAttrs} of Nix 2.26.
 *
 * @param shell {@code .attrs.sh}: what bash can hold of them, an octet string
 * @param json {@code .attrs.json}: all of them
 */
public record StructuredFiles(String shell, String json) {
  /** The variable that holds the path of {@link #shell}. */
  public static final String SHELL_VARIABLE = "NIX_ATTRS_SH_FILE";

  /** The variable that holds the path of {@link #json}. */
  public static final String JSON_VARIABLE = "NIX_ATTRS_JSON_FILE";

  /** The file name of {@link #shell}. */
  public static final String SHELL_NAME = ".attrs.sh";

  /** The file name of {@link #json}. */
  public static final String JSON_NAME = ".attrs.json";

  /**
   * Those of a derivation, if its attributes are structured.
   *
   * @param label its path, for errors
   * @param inputs the closure of its inputs, which it may tell about
   * @throws BuildException if its attributes are no JSON, or ask for what is not among its inputs
   */
  public static Optional<StructuredFiles> of(
      Store store,
      String label,
      Derivation drv,
      Function<StorePath, Derivation> derivations,
      SortedSet<StorePath> inputs) {
    return new Attributes(drv, label)
        .structured()
        .map(a -> of(drv, a, new ReferencesGraph(store, derivations, inputs)));
  }

  static StructuredFiles of(Derivation drv, Json.Obj attributes, ReferencesGraph graph) {
    SortedMap<String, Json> outputs = new TreeMap<>();
    for (String output : drv.outputs().keySet()) {
      outputs.put(output, new Json.Str(Placeholders.ofOutput(output)));
    }
    SortedMap<String, Json> members = new TreeMap<>(attributes.members());
    members.put("outputs", new Json.Obj(outputs));
    Json.Obj all = graph.addTo(new Json.Obj(members));
    return new StructuredFiles(StructuredAttrs.shell(all), StructuredAttrs.json(all));
  }
}
