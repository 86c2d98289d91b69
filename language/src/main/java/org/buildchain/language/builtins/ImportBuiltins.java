package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.derivation.Derivation;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/** {@code import} and {@code scopedImport}. */
final class ImportBuiltins {
  /** What importing a {@code .drv} file gives: the set that {@code derivation} would have given. */
  private static final String FROM_DRV =
      """
      attrs@{ drvPath, outputs, name, ... }:
      let
        common = builtins.listToAttrs named // {
          all = map (o: o.value) named;
          inherit drvPath name;
          type = "derivation";
        };
        named = map (outputName: {
          name = outputName;
          value = common // {
            outPath = builtins.getAttr outputName attrs;
            inherit outputName;
          };
        }) outputs;
      in (builtins.head named).value
      """;

  private ImportBuiltins() {}

  static void register(Registry r) {
    r.globalOne("import", (ev, path) -> load(ev, path, Optional.empty()));
    r.globalTwo("scopedImport", (ev, scope, path) -> load(ev, path, Optional.of(scope)));
  }

  /** The path is looked at before the scope. */
  private static Value load(Evaluator ev, Value v, Optional<Value> scope) {
    String path = Realised.unresolved(ev, v);
    EvalHost host = ev.host();
    Optional<StorePath> in = host.storeDir().containing(path);
    if (in.isPresent()
        && in.get().isDerivation()
        && host.storeDir().print(in.get()).equals(path)
        && host.isValid(in.get())) {
      return derivation(ev, in.get());
    }
    if (path.equals(FetchurlExpression.PATH)) {
      return ev.eval(ev.parse(FetchurlExpression.source(), "/"));
    }
    if (scope.isEmpty()) {
      return ev.evalFile(path);
    }
    Attrs names =
        Args.attrs(
            ev, scope.get(), "while evaluating the first argument passed to builtins.scopedImport");
    return ev.evalScoped(ev.parseFile(ev.importTarget(path)), names);
  }

  private static Value derivation(Evaluator ev, StorePath drvPath) {
    Derivation drv;
    try {
      drv = ev.host().readDerivation(drvPath);
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
    Attrs.Builder b = new Attrs.Builder(3 + drv.outputs().size());
    b.put(
        ev.symbols().of("drvPath"),
        new Str(ev.host().storeDir().print(drvPath), Context.of(new Context.DrvDeep(drvPath))));
    b.put(ev.symbols().of("name"), new Str(drv.env().getOrDefault("name", "")));
    List<Value> names = new ArrayList<>();
    drv.outputs()
        .forEach(
            (name, output) -> {
              b.put(ev.symbols().of(name), OutputStrings.of(ev, drv, drvPath, name));
              names.add(new Str(name));
            });
    b.put(ev.symbols().of("outputs"), Value.List.of(names));
    Value f =
        ev.evalText(Literals.marked("nix-internal") + "/imported-derivation.nix", FROM_DRV, "/");
    return ev.attrs(ev.call(f, b.build()), Pos.NONE, "while importing a derivation");
  }
}
