package org.buildchain.language.eval;

import java.io.IOException;
import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.host.FileLinks;
import org.buildchain.language.host.HostReads;
import org.buildchain.language.syntax.Paths;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;

/**
 * Values as strings and paths. Source: Nix manual, "String interpolation"; {@code coerceToString}.
 */
public final class Coercion {
  private static final int MAX_COPIES = 1 << 17;

  private final Evaluator ev;
  private final Answers copies = new Answers(MAX_COPIES);

  Coercion(Evaluator ev) {
    this.ev = ev;
  }

  /**
   * A value as a string.
   *
   * @param more whether numbers, truth values, null and lists are accepted too
   * @param copyToStore whether a path is copied to the store and stands for its store path
   * @param canonical unused for canonical path values; kept for literals that end in a slash
   */
  public Str coerce(
      Value value, Pos at, String context, boolean more, boolean copyToStore, boolean canonical) {
    Value v = Node.force(value, at);
    switch (v) {
      case Str s -> {
        return s;
      }
      case Value.Path p -> {
        if (!copyToStore) {
          return new Str(p.text());
        }
        StorePath stored = copy(p.path());
        return new Str(ev.host().storeDir().print(stored), Context.of(new Context.Opaque(stored)));
      }
      case Attrs a -> {
        Value f = a.get(ev.names().toStringName);
        if (f != null) {
          return coerce(
              ev.callAt(at, f, a),
              at,
              "while evaluating the result of the `__toString` attribute",
              more,
              copyToStore,
              true);
        }
        Value out = a.get(ev.names().outPath);
        if (out == null) {
          throw cannot(v, at, context);
        }
        return coerce(out, at, context, more, copyToStore, canonical);
      }
      default -> {
        return more ? scalar(v, at, context, copyToStore, canonical) : fail(v, at, context);
      }
    }
  }

  /**
   * Forces what coercing a value is going to need of it.
   *
   * @param sets whether sets are going to be written with all of their attributes, as in JSON
   */
  void prepare(Value value, boolean sets) {
    ev.enter(Pos.NONE);
    try {
      switch (ev.force(value)) {
        case Value.List l -> {
          for (int i = l.size() - 1; i >= 0; i--) {
            prepare(l.get(i), sets);
          }
        }
        case Attrs a when !a.has(ev.names().toStringName) -> {
          Value out = a.get(ev.names().outPath);
          if (out != null) {
            prepare(out, sets);
          } else if (sets) {
            for (int i = a.size() - 1; i >= 0; i--) {
              prepare(a.value(i), true);
            }
          }
        }
        default -> {}
      }
    } finally {
      ev.leave();
    }
  }

  private Str fail(Value v, Pos at, String context) {
    throw cannot(v, at, context);
  }

  private Str scalar(Value v, Pos at, String context, boolean copyToStore, boolean canonical) {
    return switch (v) {
      case Value.Bool b -> b == Value.Bool.TRUE ? new Str("1") : Str.EMPTY;
      case Value.Int i -> new Str(Long.toString(i.value()));
      case Value.Float f -> new Str(fixed(f.value()));
      case Value.Null n -> Str.EMPTY;
      case Value.List l -> list(l, at, context, copyToStore, canonical);
      default -> fail(v, at, context);
    };
  }

  /** A float as {@code toString} gives it: C's {@code %f}, six decimals. */
  public static String fixed(double d) {
    if (Double.isNaN(d)) {
      return Double.doubleToRawLongBits(d) < 0 ? "-nan" : "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    String s =
        new java.math.BigDecimal(d).setScale(6, java.math.RoundingMode.HALF_EVEN).toPlainString();
    return 1 / d < 0 && !s.startsWith("-") || d < 0 && !s.startsWith("-") ? "-" + s : s;
  }

  private Str list(Value.List l, Pos at, String context, boolean copyToStore, boolean canonical) {
    StringBuilder out = new StringBuilder();
    Context.Builder all = new Context.Builder();
    for (int i = 0; i < l.size(); i++) {
      EvalThread.poll();
      ev.checkLength(out.length(), at);
      Str s;
      try {
        s =
            coerce(
                l.get(i),
                at,
                "while evaluating one element of the list",
                true,
                copyToStore,
                canonical);
      } catch (EvalException e) {
        throw e.trace(at, context);
      }
      out.append(s.value());
      all.add(s.context());
      // As in Nix, an empty list inside adds no space.
      boolean empty = ev.force(l.get(i)) instanceof Value.List m && m.size() == 0;
      if (i < l.size() - 1 && !empty) {
        out.append(' ');
      }
    }
    return new Str(out.toString(), all.build());
  }

  private EvalException cannot(Value v, Pos at, String context) {
    return new EvalException(
            EvalException.Kind.TYPE,
            Pos.NONE,
            "cannot coerce " + v.described() + " to a string: " + ev.show(v))
        .trace(at, context);
  }

  /** The store path of a copy of what stands at {@code path}; copied once, until it changes. */
  public StorePath copy(String path) {
    if (path.endsWith(".drv")) {
      throw EvalException.other("file names are not allowed to end in '.drv'");
    }
    return copies.get(path, () -> add(path));
  }

  private StorePath add(String path) {
    try {
      String real = new FileLinks(ev.host()).resolveParents(path);
      String name = path.substring(path.lastIndexOf('/') + 1);
      return ev.host()
          .addPath(
              name.isEmpty() ? "source" : name,
              real,
              EvalHost.Filter.ALL,
              IngestionMethod.NAR,
              HashAlgorithm.SHA256,
              Optional.empty());
    } catch (IOException e) {
      throw HostReads.copying(path, e);
    }
  }

  /** A path with the context that the string it came from had. */
  public record PathWithContext(String path, Context context) {}

  /** A value as an absolute canonical path. */
  public PathWithContext path(Value value, Pos at, String context) {
    Value v;
    try {
      v = Node.force(value, at);
    } catch (EvalException e) {
      throw e.trace(at, context);
    }
    if (v instanceof Value.Path p) {
      return new PathWithContext(p.path(), Context.EMPTY);
    }
    if (v instanceof Attrs a) {
      Value f = a.get(ev.names().toStringName);
      if (f != null) {
        return path(ev.callAt(at, f, a), at, context);
      }
    }
    Str s = coerce(v, at, context, false, false, true);
    if (!s.value().startsWith("/")) {
      throw EvalException.other("string '" + s.value() + "' doesn't represent an absolute path")
          .trace(at, context);
    }
    if (s.value().indexOf('\0') >= 0) {
      throw EvalException.other(
              "string '" + s.value().replace("\0", Octets.fromText("␀")) + "' has a NUL byte")
          .trace(at, context);
    }
    return new PathWithContext(Paths.canonical(s.value()), s.context());
  }
}
