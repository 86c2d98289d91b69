package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/** String contexts. Source: Nix manual, "String context"; {@code primops/context.cc}. */
final class ContextBuiltins {
  private ContextBuiltins() {}

  static void register(Registry r) {
    r.one(
        "unsafeDiscardStringContext",
        (ev, v) -> new Str(coerce(ev, v, "unsafeDiscardStringContext").value()));
    r.one(
        "hasContext",
        (ev, v) ->
            Value.Bool.of(
                !Args.string(ev, v, "while evaluating the argument passed to builtins.hasContext")
                    .context()
                    .isEmpty()));
    r.one("unsafeDiscardOutputDependency", ContextBuiltins::discardOutputs);
    r.one("addDrvOutputDependencies", ContextBuiltins::addOutputs);
    r.one("getContext", ContextBuiltins::getContext);
    r.two("appendContext", ContextBuiltins::appendContext);
  }

  private static Str coerce(Evaluator ev, Value v, String name) {
    return ev.coercion()
        .coerce(
            v,
            Pos.NONE,
            "while evaluating the argument passed to builtins." + name,
            false,
            true,
            true);
  }

  private static Value discardOutputs(Evaluator ev, Value v) {
    Str s = coerce(ev, v, "unsafeDiscardOutputDependency");
    Set<Context.Element> out = new HashSet<>();
    for (Context.Element e : s.context().elements()) {
      out.add(e instanceof Context.DrvDeep d ? new Context.Opaque(d.path()) : e);
    }
    return new Str(s.value(), Context.of(out));
  }

  private static Value addOutputs(Evaluator ev, Value v) {
    Str s = coerce(ev, v, "addDrvOutputDependencies");
    Set<Context.Element> elements = s.context().elements();
    if (elements.size() != 1) {
      throw EvalException.other(
          "context of string '"
              + s.value()
              + "' must have exactly one element, but has "
              + elements.size());
    }
    return switch (elements.iterator().next()) {
      case Context.Opaque o -> {
        if (!o.path().isDerivation()) {
          throw EvalException.other(
              "path '" + ev.host().storeDir().print(o.path()) + "' is not a derivation");
        }
        yield new Str(s.value(), Context.of(new Context.DrvDeep(o.path())));
      }
      case Context.Built b ->
          throw EvalException.other(
              "`addDrvOutputDependencies` can only act on derivations, not on a derivation output"
                  + " such as '"
                  + b.output()
                  + "'");
      case Context.Computed c ->
          throw EvalException.other(
              "`addDrvOutputDependencies` can only act on derivations, not on a derivation output"
                  + " such as '"
                  + c.output()
                  + "'");
      case Context.DrvDeep d -> s;
    };
  }

  private static final class Info {
    boolean path;
    boolean allOutputs;
    final List<Value> outputs = new ArrayList<>();
  }

  private static Info info(Map<StorePath, Info> infos, Context.Element e) {
    return infos.computeIfAbsent(e.path(), p -> new Info());
  }

  private static Value getContext(Evaluator ev, Value v) {
    Str s = Args.string(ev, v, "while evaluating the argument passed to builtins.getContext");
    Map<StorePath, Info> infos = new TreeMap<>();
    for (Context.Element e : s.context().sorted()) {
      switch (e) {
        case Context.Opaque o -> info(infos, o).path = true;
        case Context.DrvDeep d -> info(infos, d).allOutputs = true;
        case Context.Built b -> info(infos, b).outputs.add(new Str(b.output()));
        case Context.Computed c -> {
          StorePath of = OutputStrings.known(ev, c);
          infos.computeIfAbsent(of, p -> new Info()).outputs.add(new Str(c.output()));
        }
      }
    }
    Attrs.Builder out = new Attrs.Builder(infos.size());
    infos.forEach(
        (path, i) -> {
          Attrs.Builder b = new Attrs.Builder(3);
          if (i.path) {
            b.put(ev.symbols().of("path"), Value.Bool.TRUE);
          }
          if (i.allOutputs) {
            b.put(ev.symbols().of("allOutputs"), Value.Bool.TRUE);
          }
          if (!i.outputs.isEmpty()) {
            b.put(ev.symbols().of("outputs"), Value.List.of(i.outputs));
          }
          out.put(ev.symbols().of(ev.host().storeDir().print(path)), b.build());
        });
    return out.build();
  }

  private static Value appendContext(Evaluator ev, Value string, Value context) {
    Str s =
        Args.string(
            ev, string, "while evaluating the first argument passed to builtins.appendContext");
    Attrs a =
        Args.attrs(
            ev, context, "while evaluating the second argument passed to builtins.appendContext");
    Set<Context.Element> all = new HashSet<>(s.context().elements());
    for (int i = 0; i < a.size(); i++) {
      append(ev, all, a.name(i).name(), a.value(i), a.pos(i));
    }
    return new Str(s.value(), Context.of(all));
  }

  private static void append(Evaluator ev, Set<Context.Element> all, String key, Value v, Pos pos) {
    StorePath path;
    try {
      path = ev.host().storeDir().parse(key);
    } catch (FormatException e) {
      throw new EvalException(
          EvalException.Kind.OTHER,
          pos,
          "context key '" + Literals.name(key) + "' is not a store path");
    }
    if (!ev.host().readOnly() && !ev.host().isValid(path)) {
      throw new EvalException(
          EvalException.Kind.OTHER, pos, "path '" + key + "' does not exist and cannot be created");
    }
    Attrs info = ev.attrs(v, pos, "while evaluating the value of a string context");
    int plain = info.indexOf(ev.symbols().of("path"));
    if (plain >= 0
        && ev.bool(
            info.value(plain),
            info.pos(plain),
            "while evaluating the `path` attribute of a string context")) {
      all.add(new Context.Opaque(path));
    }
    int deep = info.indexOf(ev.symbols().of("allOutputs"));
    if (deep >= 0
        && ev.bool(
            info.value(deep),
            info.pos(deep),
            "while evaluating the `allOutputs` attribute of a string context")) {
      if (!path.isDerivation()) {
        throw notDerivation("all-outputs", key, pos);
      }
      all.add(new Context.DrvDeep(path));
    }
    int outputs = info.indexOf(ev.symbols().of("outputs"));
    if (outputs >= 0) {
      Pos at = info.pos(outputs);
      Value.List l =
          ev.list(
              info.value(outputs),
              at,
              "while evaluating the `outputs` attribute of a string context");
      if (l.size() > 0 && !path.isDerivation()) {
        throw notDerivation("derivation output", key, pos);
      }
      for (Value o : l.elements()) {
        all.add(
            new Context.Built(
                path,
                ev.stringNoContext(
                    o, at, "while evaluating an output name within a string context")));
      }
    }
  }

  private static EvalException notDerivation(String what, String key, Pos pos) {
    return new EvalException(
        EvalException.Kind.OTHER,
        pos,
        "tried to add "
            + what
            + " context of "
            + Literals.name(key)
            + ", which is not a derivation, to a string");
  }
}
