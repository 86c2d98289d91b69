package org.buildchain.derivation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of derivations, as {@code nix derivation show} of Nix 2.26 prints and {@code nix
 * derivation add} reads it. Keys are in Nix's order, ascending. Source: Nix manual, "Derivation
 * JSON format".
 */
public final class DerivationJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private DerivationJson() {}

  /** One derivation; octets that are not UTF-8 become U+FFFD. */
  public static ObjectNode write(Derivation drv, StoreDir dir) {
    ObjectNode out = NODES.objectNode();
    ArrayNode args = out.putArray("args");
    drv.args().forEach(a -> args.add(Octets.toText(a)));
    out.put("builder", Octets.toText(drv.builder()));
    ObjectNode env = out.putObject("env");
    drv.env().forEach((k, v) -> env.put(Octets.toText(k), Octets.toText(v)));
    ObjectNode inputs = out.putObject("inputDrvs");
    for (StorePath input : drv.allInputDerivations()) {
      inputs.set(
          dir.print(input),
          needed(
              new DynamicOutputs(
                  drv.inputDerivations().getOrDefault(input, Collections.emptySortedSet()),
                  drv.dynamicInputs().getOrDefault(input, Collections.emptySortedMap()))));
    }
    ArrayNode sources = out.putArray("inputSrcs");
    drv.inputSources().forEach(s -> sources.add(dir.print(s)));
    out.put("name", drv.name());
    ObjectNode outputs = out.putObject("outputs");
    drv.outputs().forEach((id, o) -> outputs.set(Octets.toText(id), output(o, drv, id, dir)));
    out.put("system", Octets.toText(drv.system()));
    return out;
  }

  private static ObjectNode needed(DynamicOutputs of) {
    ObjectNode node = NODES.objectNode();
    ObjectNode dynamic = node.putObject("dynamicOutputs");
    of.dynamic().forEach((output, more) -> dynamic.set(Octets.toText(output), needed(more)));
    ArrayNode names = node.putArray("outputs");
    of.outputs().forEach(n -> names.add(Octets.toText(n)));
    return node;
  }

  private static ObjectNode output(
      DerivationOutput output, Derivation drv, String id, StoreDir dir) {
    ObjectNode out = NODES.objectNode();
    switch (output) {
      case DerivationOutput.InputAddressed i -> out.put("path", dir.print(i.path()));
      case DerivationOutput.Deferred _ -> {}
      case DerivationOutput.Fixed f ->
          out.put("hash", f.address().hash().encode(Hash.Format.BASE16))
              .put("hashAlgo", f.address().hash().algorithm().nixName())
              .put("method", f.address().method().nixName())
              .put("path", dir.print(f.path(dir, drv.name(), id).orElseThrow()));
      case DerivationOutput.Floating f ->
          out.put("hashAlgo", f.algorithm().nixName()).put("method", f.method().nixName());
      case DerivationOutput.Impure i ->
          out.put("hashAlgo", i.algorithm().nixName())
              .put("impure", true)
              .put("method", i.method().nixName());
    }
    return out;
  }

  /**
   * Reads one derivation.
   *
   * @throws FormatException saying which key is missing or wrong
   */
  public static Derivation read(JsonNode json, StoreDir dir) {
    String name = text(json, "name");
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    for (Map.Entry<String, JsonNode> e : object(json, "outputs").properties()) {
      String id = Octets.fromText(e.getKey());
      outputs.put(id, readOutput(e.getValue(), name, id, dir));
    }
    SortedSet<StorePath> sources = new TreeSet<>();
    strings(json, "inputSrcs").forEach(s -> sources.add(dir.parse(s)));
    SortedMap<StorePath, SortedSet<String>> inputs = new TreeMap<>();
    for (Map.Entry<String, JsonNode> e : object(json, "inputDrvs").properties()) {
      if (!object(e.getValue(), "dynamicOutputs").isEmpty()) {
        throw wrong("dynamicOutputs", "is an experimental Nix feature, not supported");
      }
      inputs.put(dir.parse(e.getKey()), new TreeSet<>(strings(e.getValue(), "outputs")));
    }
    SortedMap<String, String> env = new TreeMap<>();
    JsonNode envNode = object(json, "env");
    for (Map.Entry<String, JsonNode> e : envNode.properties()) {
      env.put(Octets.fromText(e.getKey()), text(envNode, e.getKey()));
    }
    return new Derivation(
        name,
        outputs,
        inputs,
        sources,
        text(json, "system"),
        text(json, "builder"),
        strings(json, "args"),
        env);
  }

  private static DerivationOutput readOutput(
      JsonNode json, String drvName, String id, StoreDir dir) {
    Set<String> keys = new TreeSet<>(json.propertyNames());
    if (keys.isEmpty()) {
      return new DerivationOutput.Deferred();
    }
    if (keys.equals(Set.of("path"))) {
      return new DerivationOutput.InputAddressed(dir.parse(text(json, "path")));
    }
    if (keys.equals(Set.of("hash", "hashAlgo", "method", "path"))) {
      Hash hash = Hash.parse(text(json, "hash"), Optional.of(algorithm(json)));
      DerivationOutput fixed = new DerivationOutput.Fixed(new ContentAddress(method(json), hash));
      if (!dir.print(fixed.path(dir, drvName, id).orElseThrow()).equals(text(json, "path"))) {
        throw wrong("path", "does not match the output's hash");
      }
      return fixed;
    }
    if (keys.equals(Set.of("hashAlgo", "method"))) {
      return new DerivationOutput.Floating(method(json), algorithm(json));
    }
    if (keys.equals(Set.of("hashAlgo", "impure", "method"))) {
      return new DerivationOutput.Impure(method(json), algorithm(json));
    }
    throw wrong("outputs", "invalid keys " + keys + " for output '" + id + "'");
  }

  private static IngestionMethod method(JsonNode json) {
    return switch (text(json, "method")) {
      case "flat" -> IngestionMethod.FLAT;
      case "nar" -> IngestionMethod.NAR;
      case "text" -> IngestionMethod.TEXT;
      default -> throw wrong("method", "expected 'flat', 'nar' or 'text'");
    };
  }

  private static HashAlgorithm algorithm(JsonNode json) {
    return HashAlgorithm.parse(text(json, "hashAlgo"))
        .orElseThrow(() -> wrong("hashAlgo", "unknown hash algorithm"));
  }

  private static String text(JsonNode json, String key) {
    JsonNode value = json.get(key);
    if (value == null || !value.isString()) {
      throw wrong(key, "expected a string");
    }
    return Octets.fromText(value.stringValue());
  }

  private static JsonNode object(JsonNode json, String key) {
    JsonNode value = json.get(key);
    if (value == null || !value.isObject()) {
      throw wrong(key, "expected an object");
    }
    return value;
  }

  private static List<String> strings(JsonNode json, String key) {
    JsonNode value = json.get(key);
    if (value == null || !value.isArray()) {
      throw wrong(key, "expected a list of strings");
    }
    List<String> out = new ArrayList<>();
    for (JsonNode element : value) {
      if (!element.isString()) {
        throw wrong(key, "expected a list of strings");
      }
      out.add(Octets.fromText(element.stringValue()));
    }
    return out;
  }

  private static FormatException wrong(String key, String problem) {
    return new FormatException("derivation JSON, key '" + key + "'", problem);
  }
}
