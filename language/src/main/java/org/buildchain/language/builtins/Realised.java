package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.buildchain.derivation.Placeholders;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Coercion;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.FileLinks;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/** Paths whose contexts must be there before they are read: import from a derivation. */
final class Realised {
  private Realised() {}

  /** A value as a path with links resolved; what its context names has been built. */
  static String path(Evaluator ev, Value v) {
    Coercion.PathWithContext p = given(ev, v);
    try {
      return new FileLinks(ev.host()).resolve(realise(ev, p.path(), p.context()));
    } catch (IOException e) {
      throw traced(EvalException.other(e.getMessage()), p);
    } catch (EvalException e) {
      throw traced(e, p);
    }
  }

  private static Coercion.PathWithContext given(Evaluator ev, Value v) {
    return ev.coercion().path(v, Pos.NONE, "while realising the context of a path");
  }

  private static EvalException traced(EvalException e, Coercion.PathWithContext p) {
    return e.trace(Pos.NONE, "while realising the context of path '" + p.path() + "'");
  }

  /** The same, links left as they are. */
  static String unresolved(Evaluator ev, Value v) {
    Coercion.PathWithContext p = given(ev, v);
    try {
      return realise(ev, p.path(), p.context());
    } catch (EvalException e) {
      throw traced(e, p);
    }
  }

  private static Map<EvalHost.Wanted, StorePath> realised(
      EvalHost host, Set<EvalHost.Wanted> wanted) {
    try {
      return host.realise(wanted);
    } catch (BuildException e) {
      throw EvalException.other(e.getMessage()).exitStatus(e.exitStatus());
    }
  }

  /** Builds what {@code context} names and puts outputs' paths for placeholders in {@code text}. */
  static String realise(Evaluator ev, String text, Context context) {
    if (context.isEmpty()) {
      return text;
    }
    EvalHost host = ev.host();
    Set<EvalHost.Wanted> wanted = new HashSet<>();
    for (Context.Element e : context.elements()) {
      if (e instanceof Context.Built b) {
        wanted.add(new EvalHost.Wanted(b.path(), b.output()));
      } else if (e instanceof Context.Computed) {
        throw EvalException.other(
            "Building dynamic derivations in one shot is not yet implemented.");
      }
      if (!host.isValid(e.path())) {
        throw EvalException.other("path '" + host.storeDir().print(e.path()) + "' is not valid");
      }
    }
    if (wanted.isEmpty()) {
      return text;
    }
    String out = text;
    for (Map.Entry<EvalHost.Wanted, StorePath> built : realised(host, wanted).entrySet()) {
      out =
          out.replace(
              Placeholders.ofUpstream(built.getKey().drvPath(), built.getKey().output()),
              host.storeDir().print(built.getValue()));
    }
    return Paths.canonical(out);
  }
}
