package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.buildchain.language.EvalHost.Level;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/**
 * Whether an output of a flake is what it should be. Each is given the output's path, value and
 * place. Source: {@code CmdFlakeCheck} in {@code flake.cc} of Nix 2.26.
 */
final class OutputChecks {
  private static final Set<String> OF_APP = Set.of("type", "program", "meta");
  private static final Set<String> OF_TEMPLATE = Set.of("path", "description", "welcomeText");

  private final Evaluator ev;
  private final Mistakes mistakes;

  OutputChecks(Evaluator ev, Mistakes mistakes) {
    this.ev = ev;
    this.mistakes = mistakes;
  }

  private void note(String text) {
    ev.host().message(Level.NOTE, text);
  }

  private static String quoted(String what, String path) {
    return what + " '" + path + "'";
  }

  private void guard(String what, String path, Pos at, Runnable look) {
    note("checking " + quoted(what, path) + "...");
    guardQuietly(what, path, at, look);
  }

  private void guardQuietly(String what, String path, Pos at, Runnable look) {
    mistakes.guard(at, "while checking the " + quoted(what, path), look);
  }

  /** A derivation; its path, if it says. */
  Optional<StorePath> derivation(String path, Value v, Pos at) {
    note("checking derivation " + path + "...");
    AtomicReference<Optional<StorePath>> found = new AtomicReference<>(Optional.empty());
    guardQuietly(
        "derivation",
        path,
        at,
        () -> {
          if (!ev.isDerivation(v)) {
            throw EvalException.other("flake attribute '" + path + "' is not a derivation");
          }
          Package p = new Package(ev, "", ev.attrs(v, at, ""));
          // A derivation without a name is none.
          String unused = p.name();
          found.set(p.drvPath());
          p.drvPath()
              .ifPresent(d -> note("derivation evaluated to " + ev.host().storeDir().print(d)));
        });
    return found.get();
  }

  void app(String path, Value v, Pos at) {
    note("checking " + quoted("app", path) + "...");
    guardQuietly("app definition", path, at, () -> lookAtApp(path, ev.attrs(v, at, "")));
  }

  private void lookAtApp(String path, Attrs app) {
    int type = required(app, "type", "app", path);
    String unused = ev.stringNoContext(app.value(type), app.pos(type), "");
    int program = required(app, "program", "app", path);
    ev.string(app.value(program), app.pos(program), "");
    int meta = app.indexOf(ev.symbols().of("meta"));
    if (meta < 0) {
      ev.host().message(Level.WARNING, quoted("app", path) + " lacks attribute 'meta'");
    } else {
      Attrs of = ev.attrs(app.value(meta), app.pos(meta), "");
      int text = of.indexOf(ev.symbols().of("description"));
      if (text < 0) {
        String lacks = " lacks attribute 'meta.description'";
        ev.host().message(Level.WARNING, quoted("app", path) + lacks);
      } else {
        unused = ev.stringNoContext(of.value(text), of.pos(text), "");
      }
    }
    only(app, OF_APP, "app", path);
  }

  private int required(Attrs attrs, String name, String what, String path) {
    int i = attrs.indexOf(ev.symbols().of(name));
    if (i < 0) {
      throw EvalException.other(quoted(what, path) + " lacks attribute '" + name + "'");
    }
    return i;
  }

  private static void only(Attrs attrs, Set<String> names, String what, String path) {
    for (int i = 0; i < attrs.size(); i++) {
      String name = attrs.name(i).name();
      if (!names.contains(name)) {
        throw EvalException.other(quoted(what, path) + " has unsupported attribute '" + name + "'");
      }
    }
  }

  void overlay(String path, Value v, Pos at) {
    guard(
        "overlay",
        path,
        at,
        () -> {
          if (!(ev.force(v) instanceof Value.Lambda overlay)) {
            throw EvalException.other(
                "overlay is not a function, but " + ev.force(v).described() + " instead");
          }
          String argument = overlay.code().argument().map(a -> a.name()).orElse("");
          if (overlay.code().hasFormals() || !Set.of("final", "_", "_final").contains(argument)) {
            throw EvalException.other("overlay does not take an argument named 'final'");
          }
        });
  }

  void module(String path, Value v, Pos at) {
    guard("NixOS module", path, at, () -> ev.force(v));
  }

  void configuration(String path, Value v, Pos at) {
    guard(
        "NixOS configuration",
        path,
        at,
        () -> {
          if (!ev.isDerivation(ev.select(v, "config.system.build.toplevel", Attrs.EMPTY))) {
            throw EvalException.other(
                "attribute 'config.system.build.toplevel' is not a derivation");
          }
        });
  }

  void template(String path, Value v, Pos at) {
    guard("template", path, at, () -> lookAtTemplate(path, ev.attrs(v, at, "")));
  }

  private void lookAtTemplate(String path, Attrs template) {
    int folder = required(template, "path", "template", path);
    String files = ev.coercion().path(template.value(folder), template.pos(folder), "").path();
    if (!exists(files)) {
      throw EvalException.other(
          quoted("template", path) + " refers to a non-existent path '" + files + "'");
    }
    int text = required(template, "description", "template", path);
    String unused = ev.stringNoContext(template.value(text), template.pos(text), "");
    only(template, OF_TEMPLATE, "template", path);
  }

  private boolean exists(String path) {
    try {
      return ev.host().typeOf(path).isPresent();
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  void bundler(String path, Value v, Pos at) {
    note("checking " + quoted("bundler", path) + "...");
    // As Nix has it.
    guardQuietly(
        "template",
        path,
        at,
        () -> {
          if (!(ev.force(v) instanceof Value.Lambda)) {
            throw EvalException.other("bundler must be a function");
          }
        });
  }

  void jobs(String path, Value v, Pos at) {
    note("checking " + quoted("Hydra job", path) + "...");
    guardQuietly("Hydra jobset", path, at, () -> lookAtJobs(path, ev.attrs(v, at, "")));
  }

  private void lookAtJobs(String path, Attrs jobs) {
    if (ev.isDerivation(jobs)) {
      throw EvalException.other("jobset should not be a derivation at top-level");
    }
    for (int i : jobs.byName()) {
      Attrs job = ev.attrs(jobs.value(i), jobs.pos(i), "");
      String below = path + "." + jobs.name(i).name();
      if (ev.isDerivation(job)) {
        note("checking " + quoted("Hydra job", below) + "...");
        derivation(below, job, jobs.pos(i));
      } else {
        jobs(below, job, jobs.pos(i));
      }
    }
  }
}
