package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.Placeholders;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * A program that a value stands for: an app of a flake, or a derivation's main program. Source:
 * {@code InstallableValue::toApp} of Nix 2.26.
 *
 * @param program an absolute path, an octet string; placeholders may stand for outputs in it
 * @param needs what must be built before it can run
 */
public record App(String program, List<DerivedPath> needs) {
  /**
   * What a value stands for.
   *
   * @throws EvalException if that is no program
   */
  public static App of(Evaluator ev, Value value) {
    Value forced = ev.force(value);
    if (!(forced instanceof Attrs attrs)) {
      throw EvalException.other("expected a derivation or an app, but found " + shown(ev, forced));
    }
    Value type = attrs.get(ev.symbols().of("type"));
    String kind = type == null ? "" : text(ev, type, "while evaluating the type of an app");
    return switch (kind) {
      case "app" -> ofApp(ev, attrs);
      case "derivation" -> ofDerivation(ev, attrs);
      default ->
          throw EvalException.other(
              "expected a derivation or an app, but found " + shown(ev, attrs));
    };
  }

  private static String shown(Evaluator ev, Value value) {
    return value.described() + ": " + ev.show(value);
  }

  private static App ofApp(Evaluator ev, Attrs app) {
    Value program = app.get(ev.symbols().of("program"));
    if (program == null) {
      throw EvalException.other("an app must have the attribute 'program'");
    }
    Str path = ev.string(program, Pos.NONE, "while evaluating the program of an app");
    List<DerivedPath> needs = new ArrayList<>();
    for (Context.Element e : path.context().sorted()) {
      needs.add(
          switch (e) {
            case Context.Opaque o -> new DerivedPath.Opaque(o.path());
            case Context.DrvDeep d -> new DerivedPath.Built(d.path(), Collections.emptySortedSet());
            case Context.Built b ->
                new DerivedPath.Built(b.path(), new TreeSet<>(List.of(b.output())));
            case Context.Computed _ ->
                throw EvalException.other(
                    "Building dynamic derivations in one shot is not yet implemented.");
          });
    }
    return new App(path.value(), List.copyOf(needs));
  }

  private static App ofDerivation(Evaluator ev, Attrs attrs) {
    Package p = new Package(ev, "", attrs);
    StorePath drvPath = p.requiredDrvPath();
    Value out = attrs.get(ev.symbols().of("outPath"));
    if (out == null) {
      throw EvalException.other("derivation does not contain an 'outPath' attribute");
    }
    String outPath =
        ev.string(out, Pos.NONE, "while evaluating the output path of a derivation").value();
    return new App(
        outPath + "/bin/" + mainProgram(ev, p, attrs),
        List.of(new DerivedPath.Built(drvPath, new TreeSet<>(List.of(p.outputName())))));
  }

  private static String mainProgram(Evaluator ev, Package p, Attrs attrs) {
    String main = p.metaString("mainProgram");
    if (!main.isEmpty()) {
      return main;
    }
    Value pname = attrs.get(ev.symbols().of("pname"));
    if (pname != null) {
      return text(ev, pname, "while evaluating the 'pname' attribute of a derivation");
    }
    Value parse = ev.builtins().get(ev.symbols().of("parseDrvName"));
    Attrs parsed = ev.attrs(ev.call(parse, new Str(p.name())), Pos.NONE, "");
    return text(ev, parsed.get(ev.symbols().of("name")), "");
  }

  private static String text(Evaluator ev, Value v, String what) {
    return ev.stringNoContext(v, Pos.NONE, what);
  }

  /**
   * The program's path.
   *
   * @param built the outputs of what it needs, by derivation and name
   */
  public String path(StoreDir dir, SortedMap<StorePath, SortedMap<String, StorePath>> built) {
    String path = program;
    for (Map.Entry<StorePath, SortedMap<String, StorePath>> drv : built.entrySet()) {
      for (Map.Entry<String, StorePath> output : drv.getValue().entrySet()) {
        path =
            path.replace(
                Placeholders.ofUpstream(drv.getKey(), output.getKey()),
                dir.print(output.getValue()));
      }
    }
    return path;
  }
}
