package org.buildchain.store.disk;

import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.Ipld;

/**
 * The fields of a dag-cbor map, each of the type that is asked for or a {@link FormatException}.
 */
final class Fields {
  private final String what;
  private final Ipld.Map map;

  Fields(String what, Ipld value) {
    this.what = what;
    if (!(value instanceof Ipld.Map m)) {
      throw new FormatException(what, "must be a map");
    }
    this.map = m;
  }

  Optional<Ipld> optional(String name) {
    return Optional.ofNullable(map.values().get(name));
  }

  private Ipld get(String name) {
    return optional(name).orElseThrow(() -> new FormatException(what, "has no '" + name + "'"));
  }

  private FormatException wrong(String name, String expected) {
    return new FormatException(what, "'" + name + "' must be " + expected);
  }

  String text(String name) {
    if (get(name) instanceof Ipld.Text t) {
      return t.value();
    }
    throw wrong(name, "a text");
  }

  Optional<String> optionalText(String name) {
    return optional(name).isPresent() ? Optional.of(text(name)) : Optional.empty();
  }

  long number(String name) {
    if (get(name) instanceof Ipld.Int i && i.value() >= 0) {
      return i.value();
    }
    throw wrong(name, "a whole number");
  }

  boolean flag(String name) {
    if (get(name) instanceof Ipld.Bool b) {
      return b.value();
    }
    throw wrong(name, "true or false");
  }

  byte[] bytes(String name) {
    if (get(name) instanceof Ipld.Bytes b) {
      return b.value();
    }
    throw wrong(name, "bytes");
  }

  Cid link(String name) {
    if (get(name) instanceof Ipld.Link l) {
      return l.value();
    }
    throw wrong(name, "a link");
  }

  List<Ipld> array(String name) {
    return array(what, get(name));
  }

  List<String> texts(String name) {
    return array(name).stream()
        .map(
            v -> {
              if (v instanceof Ipld.Text t) {
                return t.value();
              }
              throw wrong(name, "a list of texts");
            })
        .toList();
  }

  static List<Ipld> array(String what, Ipld value) {
    if (value instanceof Ipld.Array a) {
      return a.values();
    }
    throw new FormatException(what, "expected a list");
  }

  static List<Ipld> pair(String what, Ipld value) {
    List<Ipld> values = array(what, value);
    if (values.size() != 2) {
      throw new FormatException(what, "expected a list of two");
    }
    return values;
  }
}
