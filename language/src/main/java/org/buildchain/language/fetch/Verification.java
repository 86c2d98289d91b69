package org.buildchain.language.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.buildchain.store.format.Octets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Who must have signed the commit that an input stands for. Source: {@code libfetchers/git.cc},
 * experimental feature {@code verified-fetches}.
 *
 * @param required whether somebody must
 * @param keys one of whom
 */
public record Verification(boolean required, List<Key> keys) {
  private static final String FEATURE = "verified-fetches";
  private static final String KEY = "publicKey";
  private static final String KEYS = "publicKeys";
  private static final String TYPE = "keytype";
  private static final String REQUIRED = "verifyCommit";
  private static final String USUAL_TYPE = "ssh-ed25519";
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * A public key.
   *
   * @param type as OpenSSH calls it
   * @param key in base 64
   */
  public record Key(String type, String key) {}

  public Verification {
    keys = List.copyOf(keys);
  }

  /**
   * What an input of type {@code git} says.
   *
   * @throws InputException if that is malformed
   */
  public static Verification of(Input in) {
    List<Key> keys = new ArrayList<>();
    in.text(KEYS).ifPresent(json -> keys.addAll(read(json)));
    in.text(KEY).ifPresent(key -> keys.add(new Key(in.text(TYPE).orElse(USUAL_TYPE), key)));
    boolean said = in.attributes().containsKey(REQUIRED);
    return new Verification(said ? in.flag(REQUIRED) : !keys.isEmpty(), keys);
  }

  /**
   * Looks whether what an input says may be said.
   *
   * @param features the experimental features that are on
   * @throws InputException if not
   */
  public static void requireFeature(Set<String> features, Map<String, Object> attributes) {
    boolean asked =
        "git".equals(attributes.get("type"))
            && List.of(REQUIRED, TYPE, KEY, KEYS).stream().anyMatch(attributes::containsKey);
    if (asked) {
      requireFeature(features);
    }
  }

  /** Likewise, where it says so in any case. */
  public static void requireFeature(Set<String> features) {
    if (!features.contains(FEATURE)) {
      throw new InputException(
          "experimental Nix feature '"
              + FEATURE
              + "' is disabled; add '--extra-experimental-features "
              + FEATURE
              + "' to enable it");
    }
  }

  /** Adds what an input says to its URL. */
  static void print(Input in, Map<String, String> query) {
    if (in.flag(REQUIRED)) {
      query.put(REQUIRED, "1");
    }
    List<Key> keys = of(in).keys();
    if (keys.size() == 1) {
      query.put(TYPE, keys.getFirst().type());
      query.put(KEY, keys.getFirst().key());
    } else if (keys.size() > 1) {
      ArrayNode all = JSON.createArrayNode();
      keys.forEach(
          k ->
              all.addObject()
                  .put("key", Octets.toText(k.key()))
                  .put("type", Octets.toText(k.type())));
      query.put(KEYS, Octets.fromText(all.toString()));
    }
  }

  private static List<Key> read(String json) {
    JsonNode all;
    try {
      all = JSON.readTree(Octets.bytes(json));
    } catch (JacksonException e) {
      throw new InputException("input attribute '" + KEYS + "' is no JSON: '" + json + "'");
    }
    if (!all.isArray()) {
      throw unexpected("array", all);
    }
    List<Key> keys = new ArrayList<>();
    for (JsonNode key : all) {
      if (!key.isObject()) {
        throw unexpected("object", key);
      }
      if (key.get("key") == null) {
        throw new InputException(
            "Expected JSON object to contain key 'key' but it doesn't: " + shown(key));
      }
      String type = key.get("type") == null ? USUAL_TYPE : text(key.get("type"));
      keys.add(new Key(type, text(key.get("key"))));
    }
    return keys;
  }

  private static String text(JsonNode node) {
    if (!node.isString()) {
      throw unexpected("string", node);
    }
    return Octets.fromText(node.asString());
  }

  private static InputException unexpected(String wanted, JsonNode found) {
    String type =
        switch (found.getNodeType()) {
          case ARRAY -> "array";
          case OBJECT -> "object";
          case STRING -> "string";
          case BOOLEAN -> "boolean";
          case NUMBER -> "number";
          default -> "null";
        };
    return new InputException(
        "Expected JSON value to be of type '"
            + wanted
            + "' but it is of type '"
            + type
            + "': "
            + shown(found));
  }

  private static String shown(JsonNode node) {
    return Octets.fromText(node.toString());
  }
}
