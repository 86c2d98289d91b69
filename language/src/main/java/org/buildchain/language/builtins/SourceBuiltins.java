package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.FileLinks;
import org.buildchain.language.host.HostReads;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;

/** Putting files and texts into the store. */
final class SourceBuiltins {
  private SourceBuiltins() {}

  static void register(Registry r) {
    r.two("toFile", SourceBuiltins::toFile);
    r.two("filterSource", SourceBuiltins::filterSource);
    r.one("path", SourceBuiltins::path);
    r.one("storePath", SourceBuiltins::storePath);
  }

  static Str stored(Evaluator ev, StorePath p) {
    return new Str(ev.host().storeDir().print(p), Context.of(new Context.Opaque(p)));
  }

  private static Value toFile(Evaluator ev, Value nameValue, Value content) {
    String name =
        Args.plain(ev, nameValue, "while evaluating the first argument passed to builtins.toFile");
    Str text =
        Args.string(ev, content, "while evaluating the second argument passed to builtins.toFile");
    SortedSet<StorePath> references = new TreeSet<>();
    for (Context.Element e : text.context().elements()) {
      if (!(e instanceof Context.Opaque o)) {
        throw EvalException.other(
            "files created by builtins.toFile may not reference derivations, but "
                + name
                + " references "
                + e.encode());
      }
      references.add(o.path());
    }
    try {
      return stored(ev, ev.host().addText(name, text.value(), references));
    } catch (IOException | FormatException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static Value filterSource(Evaluator ev, Value filter, Value path) {
    var p =
        ev.coercion()
            .path(
                path,
                Pos.NONE,
                "while evaluating the second argument (the path to filter) passed to"
                    + " 'builtins.filterSource'");
    Value f =
        Args.function(
            ev, filter, "while evaluating the first argument passed to builtins.filterSource");
    return add(
        ev,
        new Request(
            baseName(p.path()), p.path(), p.context(), f, IngestionMethod.NAR, Optional.empty()));
  }

  private record Request(
      String name,
      String path,
      Context context,
      Value filter,
      IngestionMethod method,
      Optional<Hash> expected) {}

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static Value path(Evaluator ev, Value v) {
    Attrs a = Args.attrs(ev, v, "while evaluating the argument passed to 'builtins.path'");
    String path = null;
    Context context = Context.EMPTY;
    String name = "";
    Value filter = null;
    IngestionMethod method = IngestionMethod.NAR;
    Optional<Hash> expected = Optional.empty();
    for (int i = 0; i < a.size(); i++) {
      Value x = a.value(i);
      Pos at = a.pos(i);
      switch (a.name(i).name()) {
        case "path" -> {
          var p =
              ev.coercion()
                  .path(x, at, "while evaluating the 'path' attribute passed to 'builtins.path'");
          path = p.path();
          context = p.context();
        }
        case "name" ->
            name =
                ev.stringNoContext(
                    x, at, "while evaluating the `name` attribute passed to builtins.path");
        case "filter" ->
            filter =
                ev.function(
                    x, at, "while evaluating the `filter` parameter passed to builtins.path");
        case "recursive" ->
            method =
                ev.bool(x, at, "while evaluating the `recursive` attribute passed to builtins.path")
                    ? IngestionMethod.NAR
                    : IngestionMethod.FLAT;
        case "sha256" ->
            expected =
                Optional.of(
                    Hashes.allowEmpty(
                        ev,
                        ev.stringNoContext(
                            x,
                            at,
                            "while evaluating the `sha256` attribute passed to builtins.path"),
                        Optional.of(HashAlgorithm.SHA256)));
        default ->
            throw new EvalException(
                EvalException.Kind.OTHER,
                at,
                "unsupported argument '" + a.name(i) + "' to 'builtins.path'");
      }
    }
    if (path == null) {
      throw EvalException.other(
          "missing required 'path' attribute in the first argument to 'builtins.path'");
    }
    return add(
        ev,
        new Request(
            name.isEmpty() ? baseName(path) : name, path, context, filter, method, expected));
  }

  private static Value add(Evaluator ev, Request r) {
    EvalHost host = ev.host();
    try {
      if (r.expected().isPresent()) {
        StorePath known =
            host.storeDir()
                .makeContentAddressed(
                    r.name(), new ContentAddress(r.method(), r.expected().get()), Set.of(), false);
        if (host.isValid(known)) {
          return stored(ev, known);
        }
      }
      String real = new FileLinks(host).resolve(Realised.realise(ev, r.path(), r.context()));
      if (r.method() == IngestionMethod.FLAT
          && host.typeOf(real).equals(Optional.of(EvalHost.FileType.DIRECTORY))) {
        throw EvalException.other("reading from file '" + real + "': Is a directory");
      }
      StorePath p =
          host.addPath(
              r.name(),
              real,
              r.filter() == null ? EvalHost.Filter.ALL : filter(ev, r.filter()),
              r.method(),
              HashAlgorithm.SHA256,
              Optional.empty());
      if (r.expected().isPresent()) {
        StorePath known =
            host.storeDir()
                .makeContentAddressed(
                    r.name(), new ContentAddress(r.method(), r.expected().get()), Set.of(), false);
        if (!known.equals(p)) {
          throw EvalException.other(
              "store path mismatch in (possibly filtered) path added from '" + real + "'");
        }
      }
      return stored(ev, p);
    } catch (IOException e) {
      throw HostReads.copying(r.path(), e).trace(Pos.NONE, "while adding path '" + r.path() + "'");
    } catch (FormatException e) {
      throw EvalException.other(e.getMessage())
          .trace(Pos.NONE, "while adding path '" + r.path() + "'");
    } catch (EvalException e) {
      throw e.trace(Pos.NONE, "while adding path '" + r.path() + "'");
    }
  }

  private static EvalHost.Filter filter(Evaluator ev, Value f) {
    return (path, type) ->
        Args.bool(
            ev,
            ev.call(f, new Str(path), new Str(type.nixName())),
            "while evaluating the return value of the path filter function");
  }

  private static void ensure(EvalHost host, StorePath path) {
    try {
      host.closures().ensure(path);
    } catch (IOException e) {
      throw EvalException.other(
          "path '" + host.storeDir().print(path) + "' does not exist and cannot be created");
    }
  }

  private static Value storePath(Evaluator ev, Value v) {
    if (ev.settings().pure()) {
      throw EvalException.other("'builtins.storePath' is not allowed in pure evaluation mode");
    }
    var p =
        ev.coercion()
            .path(
                v, Pos.NONE, "while evaluating the first argument passed to 'builtins.storePath'");
    EvalHost host = ev.host();
    String path = p.path();
    try {
      boolean direct =
          host.storeDir()
              .containing(path)
              .map(s -> host.storeDir().print(s).equals(path))
              .orElse(false);
      String real = direct ? path : new FileLinks(host).resolve(path);
      StorePath in =
          host.storeDir()
              .containing(real)
              .orElseThrow(
                  () -> EvalException.other("path '" + real + "' is not in the Nix store"));
      if (!host.readOnly() && !host.isValid(in)) {
        ensure(host, in);
      }
      return new Str(real, p.context().plus(Context.of(new Context.Opaque(in))));
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
