package org.buildchain.derivation.attributes;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * The shell form of structured attributes: what bash can hold of them. Source: {@code
 * writeStructuredAttrsShell} of Nix 2.26.
 */
public final class StructuredAttrs {
  private StructuredAttrs() {}

  /** The text of {@code .attrs.json}. */
  public static String json(Json.Obj attributes) {
    StringBuilder out = new StringBuilder();
    Json.write(attributes, out);
    return out.toString();
  }

  /** The text of {@code .attrs.sh}. */
  public static String shell(Json.Obj attributes) {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<String, Json> attribute : attributes.members().entrySet()) {
      String name = attribute.getKey();
      if (isVariable(name)) {
        switch (attribute.getValue()) {
          case Json.Arr list -> array(name, list, out);
          case Json.Obj object -> map(name, object, out);
          case Json simple ->
              simple(simple)
                  .ifPresent(
                      v -> out.append("declare ").append(name).append('=').append(v).append('\n'));
        }
      }
    }
    return out.toString();
  }

  private static void array(String name, Json.Arr list, StringBuilder out) {
    StringBuilder values = new StringBuilder();
    for (Json element : list.elements()) {
      Optional<String> value = simple(element);
      if (value.isEmpty()) {
        return;
      }
      values.append(value.get()).append(' ');
    }
    out.append("declare -a ").append(name).append("=(").append(values).append(")\n");
  }

  private static void map(String name, Json.Obj object, StringBuilder out) {
    StringBuilder values = new StringBuilder();
    for (Map.Entry<String, Json> member : object.members().entrySet()) {
      Optional<String> value = simple(member.getValue());
      if (value.isEmpty()) {
        return;
      }
      values.append('[').append(quote(member.getKey())).append("]=").append(value.get());
      values.append(' ');
    }
    out.append("declare -A ").append(name).append("=(").append(values).append(")\n");
  }

  private static Optional<String> simple(Json value) {
    return switch (value) {
      case Json.Str s -> Optional.of(quote(s.value()));
      case Json.Num n -> integer(n);
      case Json.Null _ -> Optional.of("''");
      case Json.Bool b -> Optional.of(b.value() ? "1" : "");
      case Json.Arr _, Json.Obj _ -> Optional.empty();
    };
  }

  /** Nix asks a 32-bit float whether it is whole and prints a 32-bit integer. */
  private static Optional<String> integer(Json.Num number) {
    double value = Double.parseDouble(number.digits());
    float narrow = (float) value;
    if (Math.ceil(narrow) != narrow) {
      return Optional.empty();
    }
    if (number.isInteger() && Math.abs(value) < 0x1p64) {
      return Optional.of(Integer.toString(new BigInteger(number.digits()).intValue()));
    }
    boolean fits = value > -0x1p31 - 1 && value < 0x1p31;
    return Optional.of(Integer.toString(fits ? (int) value : Integer.MIN_VALUE));
  }

  private static boolean isVariable(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static String quote(String s) {
    return "'" + s.replace("'", "'\\''") + "'";
  }
}
