package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.EvalHost;
import org.buildchain.language.EvalHost.FileType;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.flake.Trees;
import org.buildchain.language.host.FileLinks;
import org.buildchain.language.host.HostReads;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.path.StorePath;

/** Paths, and reading what stands there. */
final class PathBuiltins {
  /** How warnings begin that are given once in a command. */
  private static final String IGNORED = "Nix search path entry ";

  /** How entries of the search path begin that are references to flakes. */
  private static final String FLAKE = "flake:";

  private PathBuiltins() {}

  static void register(Registry r) {
    r.globalOne("baseNameOf", PathBuiltins::baseNameOf);
    r.globalOne("dirOf", PathBuiltins::dirOf);
    r.one("toPath", PathBuiltins::toPath);
    r.one("pathExists", PathBuiltins::pathExists);
    r.one("readFile", PathBuiltins::readFile);
    r.one("readDir", PathBuiltins::readDir);
    r.one("readFileType", PathBuiltins::readFileType);
    r.one("getEnv", PathBuiltins::getEnv);
    r.two("findFile", PathBuiltins::findFile);
  }

  private static Value baseNameOf(Evaluator ev, Value v) {
    Str s =
        ev.coercion()
            .coerce(
                v,
                Pos.NONE,
                "while evaluating the first argument passed to builtins.baseNameOf",
                false,
                false,
                true);
    String p = s.value();
    // As in old Nix versions, one trailing slash is dropped, not several.
    int end = p.endsWith("/") ? p.length() - 1 : p.length();
    int slash = p.lastIndexOf('/', end - 1);
    return new Str(p.substring(Math.min(slash + 1, end), end), s.context());
  }

  private static Value dirOf(Evaluator ev, Value v) {
    if (ev.force(v) instanceof Value.Path p) {
      int slash = p.path().lastIndexOf('/');
      return new Value.Path(slash <= 0 ? "/" : p.path().substring(0, slash));
    }
    Str s =
        ev.coercion()
            .coerce(
                v,
                Pos.NONE,
                "while evaluating the first argument passed to 'builtins.dirOf'",
                false,
                false,
                true);
    int slash = s.value().lastIndexOf('/');
    String dir = slash < 0 ? "." : slash == 0 ? "/" : s.value().substring(0, slash);
    return new Str(dir, s.context());
  }

  private static Value toPath(Evaluator ev, Value v) {
    var p =
        ev.coercion()
            .path(v, Pos.NONE, "while evaluating the first argument passed to builtins.toPath");
    return new Str(p.path(), p.context());
  }

  private static Value pathExists(Evaluator ev, Value v) {
    Value f = ev.force(v);
    boolean folder = f instanceof Str s && (s.value().endsWith("/") || s.value().endsWith("/."));
    String path = Realised.unresolved(ev, f);
    try {
      FileLinks links = new FileLinks(ev.host());
      Optional<FileType> t =
          ev.host().typeOf(folder ? links.resolve(path) : links.resolveParents(path));
      return Value.Bool.of(t.isPresent() && (!folder || t.get() == FileType.DIRECTORY));
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    } catch (EvalException e) {
      if (e.kind() == EvalException.Kind.RESTRICTED) {
        return Value.Bool.FALSE;
      }
      throw e;
    }
  }

  private static Value readFile(Evaluator ev, Value v) {
    String path = Realised.path(ev, v);
    String text = new HostReads(ev.host()).file(path);
    if (text.indexOf('\0') >= 0) {
      throw EvalException.other(
          "the contents of the file '" + path + "' cannot be represented as a Nix string");
    }
    return new Str(text, references(ev, path, text));
  }

  /** Of what the object holding a file refers to, what occurs in the file. */
  private static Context references(Evaluator ev, String path, String text) {
    EvalHost host = ev.host();
    Optional<StorePath> in = host.storeDir().containing(path);
    if (in.isEmpty() || !host.isValid(in.get())) {
      return Context.EMPTY;
    }
    Set<Context.Element> found = new HashSet<>();
    for (StorePath r : host.references(in.get())) {
      if (text.contains(r.hashPart())) {
        found.add(new Context.Opaque(r));
      }
    }
    return Context.of(found);
  }

  private static Value readDir(Evaluator ev, Value v) {
    String path = Realised.path(ev, v);
    SortedMap<String, FileType> entries = new HostReads(ev.host()).folder(path);
    Attrs.Builder b = new Attrs.Builder(entries.size());
    for (Map.Entry<String, FileType> e : entries.entrySet()) {
      b.put(ev.symbols().of(e.getKey()), new Str(e.getValue().nixName()));
    }
    return b.build();
  }

  private static Value readFileType(Evaluator ev, Value v) {
    String path = Realised.unresolved(ev, v);
    try {
      return new Str(
          ev.host()
              .typeOf(new FileLinks(ev.host()).resolveParents(path))
              .orElseThrow(() -> EvalException.other("path '" + path + "' does not exist"))
              .nixName());
    } catch (IOException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static Value getEnv(Evaluator ev, Value v) {
    String name =
        Args.plain(ev, v, "while evaluating the first argument passed to builtins.getEnv");
    return ev.settings().pure() || ev.settings().access().restricted()
        ? Str.EMPTY
        : new Str(ev.host().environment(name).orElse(""));
  }

  private static Value findFile(Evaluator ev, Value list, Value wanted) {
    Value.List l =
        Args.list(ev, list, "while evaluating the first argument passed to builtins.findFile");
    String name = null;
    for (Value e : l.elements()) {
      Attrs a =
          Args.attrs(ev, e, "while evaluating an element of the list passed to builtins.findFile");
      Value p = a.get(ev.symbols().of("prefix"));
      String prefix =
          p == null
              ? ""
              : Args.plain(
                  ev,
                  p,
                  "while evaluating the `prefix` attribute of an element of the list passed to"
                      + " builtins.findFile");
      Str path =
          ev.coercion()
              .coerce(
                  Args.required(a, ev.symbols().of("path"), "in an element of the __nixPath"),
                  Pos.NONE,
                  "while evaluating the `path` attribute of an element of the list passed to"
                      + " builtins.findFile",
                  false,
                  false,
                  true);
      if (name == null) {
        name = wantedName(ev, wanted);
      }
      Optional<String> suffix = suffix(prefix, name);
      if (suffix.isPresent()) {
        Optional<Value> found = lookup(ev, path, suffix.get());
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    String missing = name == null ? wantedName(ev, wanted) : name;
    if (missing.startsWith("nix/")) {
      return new Value.Path(Paths.canonical(Value.Path.INTERNAL + missing.substring(3)));
    }
    throw new EvalException(
        EvalException.Kind.THROW,
        Pos.NONE,
        ev.settings().pure()
            ? "cannot look up '<"
                + missing
                + ">' in pure evaluation mode (use '--impure' to override)"
            : "file '"
                + missing
                + "' was not found in the Nix search path (add it using $NIX_PATH or -I)");
  }

  private static String wantedName(Evaluator ev, Value v) {
    return Args.plain(ev, v, "while evaluating the second argument passed to builtins.findFile");
  }

  /**
   * What of {@code name} follows {@code prefix}, if that is empty, all of it, or a part before a
   * slash.
   */
  private static Optional<String> suffix(String prefix, String name) {
    if (prefix.isEmpty()) {
      return Optional.of(name);
    }
    if (!name.startsWith(prefix)
        || (name.length() > prefix.length() && name.charAt(prefix.length()) != '/')) {
      return Optional.empty();
    }
    return Optional.of(name.substring(prefix.length()));
  }

  private static Optional<Value> lookup(Evaluator ev, Str entry, String suffix) {
    String base = Realised.realise(ev, entry.value(), entry.context());
    try {
      if (base.startsWith(FLAKE)) {
        base = ev.host().storeDir().print(flake(ev, base.substring(FLAKE.length())));
      } else if (isUrl(base)) {
        StorePath fetched = ev.host().fetch(resolveUrl(base), "source", true, Optional.empty());
        base = ev.host().storeDir().print(fetched);
      } else {
        base = Paths.absolute(base, base.startsWith("/") ? "/" : ev.host().folder());
        if (ev.host().typeOf(new FileLinks(ev.host()).resolve(base)).isEmpty()) {
          ev.host()
              .message(
                  EvalHost.Level.WARNING,
                  IGNORED + "'" + entry.value() + "' does not exist, ignoring");
          return Optional.empty();
        }
      }
      String p = new FileLinks(ev.host()).resolve(Paths.canonical(base + "/" + suffix));
      return ev.host().typeOf(p).isPresent() ? Optional.of(new Value.Path(p)) : Optional.empty();
    } catch (IOException e) {
      ev.host()
          .message(
              EvalHost.Level.WARNING,
              IGNORED + "'" + entry.value() + "' cannot be downloaded, ignoring");
      return Optional.empty();
    }
  }

  /** The tree that a reference stands for, whether it has a flake or not. */
  private static StorePath flake(Evaluator ev, String reference) {
    if (!ev.settings().has("flakes")) {
      throw EvalException.other(
          "experimental Nix feature 'flakes' is disabled; add '--extra-experimental-features"
              + " flakes' to enable it");
    }
    try {
      Map<String, Object> attributes = new TreeMap<>(FlakeRefs.parse(reference));
      attributes.remove("dir");
      Input in = Input.of(attributes);
      return Trees.fetch(ev, in.isIndirect() ? Trees.resolve(ev, in).input() : in).path();
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  static boolean isUrl(String s) {
    return s.startsWith("channel:")
        || s.startsWith("http://")
        || s.startsWith("https://")
        || s.startsWith("file://");
  }

  static String resolveUrl(String s) {
    return s.startsWith("channel:")
        ? "https://channels.nixos.org/" + s.substring(8) + "/nixexprs.tar.xz"
        : s;
  }
}
