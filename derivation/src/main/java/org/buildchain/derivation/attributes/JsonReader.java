package org.buildchain.derivation.attributes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON (RFC 8259) from an octet string. */
public final class JsonReader {
  /** Values are nested no deeper: readers and writers use the thread's stack. */
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(500)
          .maxStringLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .maxNumberLength(Integer.MAX_VALUE)
          .build();

  private final String what;
  private final JsonParser parser;

  private JsonReader(String what, JsonParser parser) {
    this.what = what;
    this.parser = parser;
  }

  /**
   * Reads one value.
   *
   * @param what names the text in errors
   * @throws FormatException if the text is anything else, or not UTF-8
   */
  public static Json read(String what, String text) {
    JsonFactory factory = JsonFactory.builder().streamReadConstraints(LIMITS).build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), Octets.bytes(text))) {
      return new JsonReader(what, parser).whole();
    }
  }

  private Json whole() {
    try {
      Json value = value(parser.nextToken());
      if (parser.nextToken() != null) {
        throw wrong("expected the end of the text");
      }
      return value;
    } catch (JacksonException e) {
      throw new FormatException(
          what, parser.currentLocation().getByteOffset(), e.getOriginalMessage());
    }
  }

  private Json value(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> new Json.Str(string());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(parser.getString());
      case VALUE_TRUE -> new Json.Bool(true);
      case VALUE_FALSE -> new Json.Bool(false);
      case VALUE_NULL -> new Json.Null();
      case null, default -> throw wrong("expected a JSON value");
    };
  }

  private Json object() {
    SortedMap<String, Json> members = new TreeMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = string();
      members.put(name, value(parser.nextToken()));
    }
    return new Json.Obj(members);
  }

  private Json array() {
    List<Json> elements = new ArrayList<>();
    for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; ) {
      elements.add(value(token));
    }
    return new Json.Arr(elements);
  }

  private String string() {
    String text = parser.getString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw wrong("half of a surrogate pair in a string");
    }
    return Octets.fromText(text);
  }

  private FormatException wrong(String problem) {
    return new FormatException(what, parser.currentTokenLocation().getByteOffset(), problem);
  }
}
