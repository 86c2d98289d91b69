package org.buildchain.substituter.worker.wire;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.signature.SecretKey;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What an output of a derivation became. Source: {@code Realisation::toJSON} in {@code
 * src/libstore/realisation.cc} of Nix 2.26.
 *
 * @param dependents what outputs of other derivations were then, as far as the path refers to them
 * @param signatures {@code name:base64}
 */
public record Realisation(
    Store.RealisationId id,
    StorePath path,
    SortedMap<Store.RealisationId, StorePath> dependents,
    SortedSet<String> signatures) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WHAT = "realisation";

  /** Without signatures. */
  public Realisation(
      Store.RealisationId id,
      StorePath path,
      SortedMap<Store.RealisationId, StorePath> dependents) {
    this(id, path, dependents, new TreeSet<>());
  }

  /**
   * Reads the JSON text.
   *
   * @throws FormatException if it is none
   */
  public static Realisation parse(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      SortedSet<String> signatures = new TreeSet<>();
      for (JsonNode signature : node.path("signatures")) {
        if (signature.asString().chars().anyMatch(c -> c <= ' ')) {
          throw new FormatException(WHAT, "has a signature that is none");
        }
        signatures.add(signature.asString());
      }
      SortedMap<Store.RealisationId, StorePath> dependents = new TreeMap<>();
      for (Map.Entry<String, JsonNode> on : node.path("dependentRealisations").properties()) {
        if (!on.getValue().isString()) {
          throw new FormatException(WHAT, "depends on what is no path");
        }
        dependents.put(
            Store.RealisationId.parse(on.getKey()), StorePath.parse(on.getValue().stringValue()));
      }
      return new Realisation(
          Store.RealisationId.parse(string(node, "id")),
          StorePath.parse(string(node, "outPath")),
          dependents,
          signatures);
    } catch (JacksonException e) {
      throw new FormatException(WHAT, "is no JSON: " + e.getOriginalMessage());
    }
  }

  private static String string(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw new FormatException(WHAT, "lacks '" + name + "'");
    }
    return value.stringValue();
  }

  /** What signatures vouch for: {@code Realisation::fingerprint}. */
  public byte[] fingerprint() {
    return JSON.writeValueAsBytes(fields());
  }

  /** The same with these keys' signatures, too. */
  public Realisation signed(Collection<SecretKey> keys) {
    SortedSet<String> all = new TreeSet<>(signatures);
    keys.forEach(k -> all.add(k.sign(fingerprint())));
    return withSignatures(all);
  }

  /** The same with these signatures instead. */
  public Realisation withSignatures(SortedSet<String> all) {
    return new Realisation(id, path, dependents, all);
  }

  private Map<String, Object> fields() {
    Map<String, String> on = new LinkedHashMap<>();
    dependents.forEach((id, path) -> on.put(id.toString(), path.toString()));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dependentRealisations", on);
    fields.put("id", id.toString());
    fields.put("outPath", path.toString());
    return fields;
  }

  /** The JSON text. */
  public String json() {
    Map<String, Object> fields = fields();
    fields.put("signatures", signatures);
    return JSON.writeValueAsString(fields);
  }
}
