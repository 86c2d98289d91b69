package org.buildchain.derivation.attributes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.format.FormatException;

/**
 * The options of a derivation, which stand among its environment variables or in its structured
 * attributes. Source: {@code src/libstore/parsed-derivations.cc} of Nix 2.26.
 */
public final class Attributes {
  private final Derivation drv;
  private final String label;
  private final Optional<Json.Obj> structured;

  /**
   * @param label the derivation's path, for errors
   * @throws BuildException if the structured attributes are not a JSON object
   */
  public Attributes(Derivation drv, String label) {
    this.drv = drv;
    this.label = label;
    String json = drv.env().get("__json");
    this.structured = json == null ? Optional.empty() : Optional.of(parse(json));
  }

  private Json.Obj parse(String json) {
    try {
      if (JsonReader.read("__json", json) instanceof Json.Obj object) {
        return object;
      }
      throw new FormatException("__json", "expected an object");
    } catch (FormatException e) {
      throw new BuildException(
          "cannot process __json attribute of '" + label + "': " + e.getMessage());
    }
  }

  /** The attributes as JSON, if the derivation has them so. */
  public Optional<Json.Obj> structured() {
    return structured;
  }

  /**
   * A flag: of a variable whether it is {@code 1}, in JSON a Boolean.
   *
   * @throws BuildException if JSON has something else under that name
   */
  public boolean flag(String name, boolean byDefault) {
    if (structured.isEmpty()) {
      String value = drv.env().get(name);
      return value == null ? byDefault : value.equals("1");
    }
    return switch (structured.get().members().get(name)) {
      case null -> byDefault;
      case Json.Bool b -> b.value();
      default -> throw wrong(name, "a Boolean");
    };
  }

  /** A list of strings: words of a variable, or a JSON list. */
  public Optional<List<String>> strings(String name) {
    if (structured.isPresent()) {
      Json value = structured.get().members().get(name);
      return value == null ? Optional.empty() : Optional.of(strings(name, value));
    }
    return Optional.ofNullable(drv.env().get(name)).map(Attributes::words);
  }

  /** The strings of the JSON list {@code value}. */
  public List<String> strings(String name, Json value) {
    if (!(value instanceof Json.Arr list)) {
      throw wrong(name, "a list of strings");
    }
    List<String> out = new ArrayList<>();
    for (Json element : list.elements()) {
      if (!(element instanceof Json.Str s)) {
        throw wrong(name, "a list of strings");
      }
      out.add(s.value());
    }
    return out;
  }

  /** A number among the members of a JSON object, if it has one of that name. */
  public Optional<Json.Num> number(String name, Json.Obj members) {
    return switch (members.members().get(name)) {
      case null -> Optional.empty();
      case Json.Num n -> Optional.of(n);
      default -> throw wrong(name, "a number");
    };
  }

  /** What a machine must offer to build this. */
  public SortedSet<String> requiredSystemFeatures() {
    return new TreeSet<>(strings("requiredSystemFeatures").orElse(List.of()));
  }

  /** Whether the references of an output are not looked for. */
  public boolean discardsReferences(String output) {
    if (structured.isEmpty()
        || !(structured.get().members().get("unsafeDiscardReferences") instanceof Json.Obj o)) {
      return false;
    }
    return switch (o.members().get(output)) {
      case null -> false;
      case Json.Bool b -> b.value();
      default -> throw wrong("unsafeDiscardReferences.\"" + output + "\"", "a Boolean");
    };
  }

  /** The words of a text, separated by white space. */
  public static List<String> words(String text) {
    return Arrays.stream(text.split("[ \t\n\r]+")).filter(w -> !w.isEmpty()).toList();
  }

  private BuildException wrong(String name, String type) {
    return new BuildException(
        "attribute '" + name + "' of derivation '" + label + "' must be " + type);
  }
}
