package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.store.format.Octets;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** TOML as values. Dates and times are refused, as in Nix without {@code parse-toml-timestamps}. */
final class TomlReader {
  private final Evaluator ev;

  TomlReader(Evaluator ev) {
    this.ev = ev;
  }

  Value read(String octets) {
    TomlParseResult r = Toml.parse(Octets.toText(octets));
    if (r.hasErrors()) {
      throw EvalException.other("while parsing TOML: " + r.errors().getFirst().toString());
    }
    return table(r);
  }

  private Value table(TomlTable t) {
    Attrs.Builder b = new Attrs.Builder(t.size());
    for (String key : t.keySet()) {
      b.put(ev.symbols().of(text(key)), value(t.get(List.of(key))));
    }
    return b.build();
  }

  private static String text(String s) {
    if (s.indexOf('\0') >= 0) {
      throw EvalException.other(
          "while parsing TOML: error: input string '"
              + s.replace("\0", Octets.fromText("␀"))
              + "' cannot be represented as Nix string because it contains null bytes");
    }
    return Octets.fromText(s);
  }

  private Value value(Object o) {
    return switch (o) {
      case TomlTable t -> table(t);
      case TomlArray a -> {
        List<Value> out = new ArrayList<>(a.size());
        for (int i = 0; i < a.size(); i++) {
          out.add(value(a.get(i)));
        }
        yield Value.List.of(out);
      }
      case Boolean b -> Value.Bool.of(b);
      case Long n -> Value.Int.of(n);
      case Double d -> new Value.Float(d);
      case String s -> new Str(text(s));
      default -> throw EvalException.other("while parsing TOML: Dates and times are not supported");
    };
  }
}
