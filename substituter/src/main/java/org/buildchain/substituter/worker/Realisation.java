package org.buildchain.substituter.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StorePath;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What an output of a derivation became. Source: {@code Realisation::toJSON} in {@code
 * src/libstore/realisation.cc} of Nix 2.26. Realisations that it depends on are left out: every
 * derivation that is built here is resolved.
 *
 * @param signatures {@code name:base64}
 */
public record Realisation(Store.RealisationId id, StorePath path, SortedSet<String> signatures) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WHAT = "realisation";

  /** Without signatures. */
  public Realisation(Store.RealisationId id, StorePath path) {
    this(id, path, new TreeSet<>());
  }

  /** Reads {@code sha256:base16!output}. */
  static Store.RealisationId id(String text) {
    int at = text.indexOf('!');
    if (at < 0) {
      throw new FormatException("Invalid derivation output id " + text);
    }
    return new Store.RealisationId(
        Hash.parse(text.substring(0, at), Optional.of(HashAlgorithm.SHA256)),
        text.substring(at + 1));
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
        signatures.add(signature.asString());
      }
      return new Realisation(
          id(string(node, "id")), StorePath.parse(string(node, "outPath")), signatures);
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
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dependentRealisations", Map.of());
    fields.put("id", id.toString());
    fields.put("outPath", path.toString());
    return JSON.writeValueAsBytes(fields);
  }

  /** The JSON text. */
  String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dependentRealisations", Map.of());
    fields.put("id", id.toString());
    fields.put("outPath", path.toString());
    fields.put("signatures", signatures);
    return JSON.writeValueAsString(fields);
  }
}
