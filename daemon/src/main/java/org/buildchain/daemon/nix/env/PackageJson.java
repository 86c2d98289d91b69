package org.buildchain.daemon.nix.env;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.daemon.nix.program.IndentedJson;
import org.buildchain.language.data.JsonWriter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/** {@code nix-env -q --json}: an object by attribute path. */
final class PackageJson {
  private final Evaluator ev;
  private final CommandContext context;
  private final PackageColumns columns;

  PackageJson(Evaluator ev, CommandContext context, PackageColumns columns) {
    this.ev = ev;
    this.context = context;
    this.columns = columns;
  }

  /** The text, with a newline at its end. */
  String write(List<Package> packages) {
    SortedMap<String, String> all = new TreeMap<>();
    for (Package p : packages) {
      SortedMap<String, String> fields = new TreeMap<>();
      try {
        describe(p, fields);
      } catch (EvalException e) {
        if (!Package.isAssertion(e)) {
          throw e.trace(Pos.NONE, "while querying the derivation named '" + p.name() + "'");
        }
      }
      // What a failed assertion left unsaid is left out, as in Nix.
      all.put(p.attribute(), fields.isEmpty() ? "null" : object(fields));
    }
    return IndentedJson.of(object(all)) + "\n";
  }

  private void describe(Package p, SortedMap<String, String> fields) {
    NameSelectors.DrvName name = NameSelectors.DrvName.of(p.name());
    String system = quoted(p.system());
    String output = quoted(p.outputName());
    fields.put("name", quoted(p.name()));
    fields.put("pname", quoted(name.name()));
    fields.put("version", quoted(name.version()));
    fields.put("system", system);
    fields.put("outputName", output);
    SortedMap<String, String> outputs = new TreeMap<>();
    p.outputs(columns.outPath())
        .forEach((o, path) -> outputs.put(o, path.map(this::path).orElse("null")));
    fields.put("outputs", object(outputs));
    if (columns.drvPath()) {
      p.drvPath().ifPresent(d -> fields.put("drvPath", path(d)));
    }
    if (columns.meta()) {
      fields.put("meta", meta(p));
    }
  }

  private String meta(Package p) {
    SortedMap<String, String> meta = new TreeMap<>();
    for (Map.Entry<String, Optional<Value>> m : p.allMeta().entrySet()) {
      if (m.getValue().isEmpty()) {
        context
            .messages()
            .note("derivation '" + p.name() + "' has invalid meta attribute '" + m.getKey() + "'");
      }
      meta.put(m.getKey(), m.getValue().map(this::json).orElse("null"));
    }
    return object(meta);
  }

  private String path(StorePath path) {
    return quoted(context.services().store().dir().print(path));
  }

  private String quoted(String text) {
    return json(new Str(text));
  }

  private String json(Value v) {
    JsonWriter writer = new JsonWriter(ev, true);
    writer.write(v);
    return writer.text();
  }

  private String object(SortedMap<String, String> members) {
    StringBuilder out = new StringBuilder("{");
    members.forEach(
        (name, value) ->
            out.append(out.length() == 1 ? "" : ",")
                .append(quoted(name))
                .append(':')
                .append(value));
    return out.append('}').toString();
  }
}
