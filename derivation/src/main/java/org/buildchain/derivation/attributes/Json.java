package org.buildchain.derivation.attributes;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A JSON value with octet strings. Numbers keep the digits that they were read with, so that what
 * one program wrote is written again without a change.
 */
public sealed interface Json {
  record Obj(SortedMap<String, Json> members) implements Json {}

  record Arr(List<Json> elements) implements Json {}

  record Str(String value) implements Json {}

  /** A number as it was written. */
  record Num(String digits) implements Json {
    boolean isInteger() {
      return digits.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
    }
  }

  record Bool(boolean value) implements Json {}

  record Null() implements Json {}

  /**
   * Writes a value as Nix does (the library nlohmann/json): keys ascending by their bytes, no
   * spaces, only what must be escaped escaped.
   */
  static void write(Json value, StringBuilder out) {
    switch (value) {
      case Obj o -> {
        char separator = '{';
        for (Map.Entry<String, Json> member : o.members().entrySet()) {
          out.append(separator);
          writeString(member.getKey(), out);
          out.append(':');
          write(member.getValue(), out);
          separator = ',';
        }
        out.append(o.members().isEmpty() ? "{}" : "}");
      }
      case Arr a -> {
        char separator = '[';
        for (Json element : a.elements()) {
          out.append(separator);
          write(element, out);
          separator = ',';
        }
        out.append(a.elements().isEmpty() ? "[]" : "]");
      }
      case Str s -> writeString(s.value(), out);
      case Num n -> out.append(n.digits());
      case Bool b -> out.append(b.value());
      case Null _ -> out.append("null");
    }
  }

  private static void writeString(String s, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
