package org.buildchain.language.builtins;

import org.buildchain.language.data.JsonReader;
import org.buildchain.language.data.JsonWriter;
import org.buildchain.language.data.TomlReader;
import org.buildchain.language.data.XmlWriter;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;

/** JSON, XML and TOML. */
final class ConversionBuiltins {
  private ConversionBuiltins() {}

  static void register(Registry r) {
    r.one("toJSON", ConversionBuiltins::toJson);
    r.one("fromJSON", ConversionBuiltins::fromJson);
    r.one("toXML", ConversionBuiltins::toXml);
    r.globalOne("fromTOML", ConversionBuiltins::fromToml);
  }

  private static Value toJson(Evaluator ev, Value v) {
    JsonWriter w = new JsonWriter(ev, true);
    w.write(v);
    return new Str(w.text(), w.context());
  }

  private static Value fromJson(Evaluator ev, Value v) {
    String s = Args.plain(ev, v, "while evaluating the first argument passed to builtins.fromJSON");
    return new JsonReader(ev, s).read();
  }

  private static Value toXml(Evaluator ev, Value v) {
    XmlWriter w = new XmlWriter(ev, true, false);
    String text = w.document(v);
    return new Str(text, w.context());
  }

  private static Value fromToml(Evaluator ev, Value v) {
    String s = Args.plain(ev, v, "while evaluating the argument passed to builtins.fromTOML");
    return new TomlReader(ev).read(s);
  }
}
