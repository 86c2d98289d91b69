package org.buildchain.language.builtins;

import java.io.IOException;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.Placeholders;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * {@code derivationStrict}, {@code placeholder}, {@code outputOf}. Source: {@code
 * derivationStrictInternal}.
 */
final class DerivationBuiltins {
  private OutputPaths paths;

  private DerivationBuiltins() {}

  static void register(Registry r) {
    DerivationBuiltins b = new DerivationBuiltins();
    r.globalOne("derivationStrict", b::derivationStrict);
    r.two("outputOf", OutputStrings::outputOf);
    r.globalOne(
        "placeholder",
        (ev, v) ->
            new Str(
                Placeholders.ofOutput(
                    Args.plain(
                        ev,
                        v,
                        "while evaluating the first argument passed to builtins.placeholder"))));
  }

  private synchronized OutputPaths paths(Evaluator ev) {
    if (paths == null) {
      paths =
          new OutputPaths(
              ev.host().storeDir(),
              p -> {
                try {
                  return ev.host().readDerivation(p);
                } catch (IOException e) {
                  throw EvalException.other(e.getMessage());
                }
              });
    }
    return paths;
  }

  private Value derivationStrict(Evaluator ev, Value v) {
    Attrs a =
        Args.attrs(ev, v, "while evaluating the argument passed to builtins.derivationStrict");
    int at = a.indexOf(ev.symbols().of("name"));
    Value nameValue =
        Args.required(
            a,
            ev.symbols().of("name"),
            "in the attrset passed as argument to builtins.derivationStrict");
    String name;
    try {
      name =
          Args.plain(
              ev,
              nameValue,
              "while evaluating the `name` attribute passed to builtins.derivationStrict");
    } catch (EvalException e) {
      throw e.trace(a.pos(at), "while evaluating the derivation attribute 'name'");
    }
    try {
      return build(ev, name, a);
    } catch (EvalException e) {
      throw e.trace(
          Pos.NONE,
          "while evaluating derivation '"
              + name
              + "'\n  whose name attribute is located at "
              + a.pos(at));
    }
  }

  private Value build(Evaluator ev, String name, Attrs a) {
    StorePath.nameFault(name)
        .ifPresent(
            fault -> {
              throw EvalException.other(
                  "invalid derivation name: " + fault + ". Please pass a different 'name'.");
            });
    Derivation unfinished = new DerivationAttrs(ev, name).read(a);
    OutputPaths.Finished done;
    try {
      done = paths(ev).finish(unfinished);
      ev.host().addDerivation(done);
    } catch (FormatException | IOException e) {
      throw EvalException.other(e.getMessage());
    }
    Derivation drv = done.derivation();
    Attrs.Builder b = new Attrs.Builder(1 + drv.outputs().size());
    b.put(
        ev.symbols().of("drvPath"),
        new Str(
            ev.host().storeDir().print(done.path()), Context.of(new Context.DrvDeep(done.path()))));
    for (String output : drv.outputs().keySet()) {
      b.put(ev.symbols().of(output), OutputStrings.of(ev, drv, done.path(), output));
    }
    return b.build();
  }
}
