package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.language.EvalHost;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.BuiltinConstant;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Thunk;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.EvalSettings;

/** Evaluators with all builtins. */
public final class Builtins {
  /** The version of the language's home whose behaviour this is. */
  public static final String NIX_VERSION = "2.26.3";

  private static final int LANGUAGE_VERSION = 6;

  private Builtins() {}

  /** An evaluator for one caller. */
  public static Evaluator evaluator(EvalHost host, EvalSettings settings) {
    Registry r = new Registry();
    AttrBuiltins.register(r);
    ListBuiltins.register(r);
    ListFolds.register(r);
    StringBuiltins.register(r);
    VersionBuiltins.register(r);
    RegexBuiltins.register(r);
    NumberBuiltins.register(r);
    ControlBuiltins.register(r);
    TypeBuiltins.register(r);
    PathBuiltins.register(r);
    SourceBuiltins.register(r);
    ImportBuiltins.register(r);
    ContextBuiltins.register(r);
    DerivationBuiltins.register(r);
    ConversionBuiltins.register(r);
    HashBuiltins.register(r);
    FetchBuiltins.register(r);
    FetchMercurial.register(r);
    FetchTreeBuiltins.register(r, settings.has("fetch-tree") || settings.has("flakes"));
    if (settings.has("fetch-closure")) {
      FetchClosure.register(r);
    }
    if (settings.has("flakes")) {
      FetchTreeBuiltins.registerFlakes(r);
    }
    return new Evaluator(host, settings, r.defs(), ev -> constants(ev));
  }

  private static List<BuiltinConstant> constants(Evaluator ev) {
    EvalHost host = ev.host();
    List<BuiltinConstant> out = new ArrayList<>();
    out.add(new BuiltinConstant("true", Value.Bool.TRUE, true));
    out.add(new BuiltinConstant("false", Value.Bool.FALSE, true));
    out.add(new BuiltinConstant("null", Value.Null.NULL, true));
    out.add(new BuiltinConstant("nixVersion", new Str(NIX_VERSION), false));
    out.add(new BuiltinConstant("langVersion", Value.Int.of(LANGUAGE_VERSION), false));
    out.add(new BuiltinConstant("storeDir", new Str(host.storeDir().path()), false));
    if (!ev.settings().pure()) {
      out.add(
          new BuiltinConstant(
              "currentSystem", Thunk.of(() -> new Str(host.currentSystem())), false));
      out.add(
          new BuiltinConstant(
              "currentTime", Thunk.of(() -> Value.Int.of(host.currentTime())), false));
    }
    out.add(new BuiltinConstant("nixPath", Thunk.of(() -> nixPath(ev)), false));
    out.add(new BuiltinConstant("derivation", DerivationFunction.value(ev), true));
    return out;
  }

  private static Value nixPath(Evaluator ev) {
    List<Value> entries = new ArrayList<>();
    for (Map.Entry<String, String> e : ev.host().searchPath()) {
      entries.add(
          new Attrs.Builder(2)
              .put(ev.symbols().of("path"), new Str(e.getValue()))
              .put(ev.symbols().of("prefix"), new Str(e.getKey()))
              .build());
    }
    return Value.List.of(entries);
  }
}
