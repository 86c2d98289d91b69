package org.buildchain.daemon.evaluation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * A derivation as the language describes it. What is asked for is evaluated then, and not before.
 * Source: {@code PackageInfo} in {@code get-drvs.cc}.
 */
public final class Package {
  private final Evaluator ev;
  private final String attribute;
  private final Attrs attrs;

  Package(Evaluator ev, String attribute, Attrs attrs) {
    this.ev = ev;
    this.attribute = attribute;
    this.attrs = attrs;
  }

  /** Has other cores compute the derivations' paths, which are going to be needed in this order. */
  public static Ahead.Scope ahead(Evaluator ev, List<Package> packages) {
    Value[] values =
        packages.stream()
            .map(p -> p.attrs.get(ev.symbols().of("drvPath")))
            .filter(Objects::nonNull)
            .toArray(Value[]::new);
    return ev.aheadOfCoercion(values);
  }

  /** The path by which it was reached, empty for the expression itself. */
  public String attribute() {
    return attribute;
  }

  /** Its name with the version. */
  public String name() {
    Value v = attrs.get(ev.symbols().of("name"));
    if (v == null) {
      throw EvalException.type("derivation name missing");
    }
    return ev.stringNoContext(v, Pos.NONE, "while evaluating the 'name' attribute of a derivation");
  }

  /** The platform that it is built on. */
  public String system() {
    Value v = attrs.get(ev.symbols().of("system"));
    return v == null
        ? "unknown"
        : ev.stringNoContext(
            v, place("system"), "while evaluating the 'system' attribute of a derivation");
  }

  /** The path of its derivation, if it says. */
  public Optional<StorePath> drvPath() {
    Value v = attrs.get(ev.symbols().of("drvPath"));
    return v == null
        ? Optional.empty()
        : Optional.of(
            storePath(
                v, place("drvPath"), "while evaluating the 'drvPath' attribute of a derivation"));
  }

  /** The path of its derivation. */
  StorePath requiredDrvPath() {
    return drvPath()
        .orElseThrow(
            () -> EvalException.other("derivation does not contain a 'drvPath' attribute"));
  }

  /** The output that it stands for; {@code out} where it does not say. */
  public String outputName() {
    Value v = attrs.get(ev.symbols().of("outputName"));
    return v == null
        ? "out"
        : ev.stringNoContext(v, Pos.NONE, "while evaluating the output name of a derivation");
  }

  /**
   * What a user gets who names no output: the one that it stands for if it was picked ({@code
   * outputSpecified}), or {@code meta.outputsToInstall}, or else {@code out}.
   */
  List<String> installed() {
    Value picked = attrs.get(ev.symbols().of("outputSpecified"));
    SortedSet<String> names = new TreeSet<>();
    if (picked != null) {
      if (ev.bool(picked, place("outputSpecified"), "")
          && attrs.has(ev.symbols().of("outputName"))) {
        names.add(outputName());
      }
    } else if (attrs.get(ev.symbols().of("meta")) instanceof Value m
        && ev.force(m) instanceof Attrs meta
        && meta.get(ev.symbols().of("outputsToInstall")) instanceof Value list) {
      for (Value name : ev.list(list, Pos.NONE, "").elements()) {
        names.add(ev.stringNoContext(name, Pos.NONE, ""));
      }
    }
    return names.isEmpty() ? List.of("out") : List.copyOf(names);
  }

  /**
   * What one gets by an attribute's path who names no output: the one that it stands for if it was
   * picked ({@code outputSpecified}), or {@code meta.outputsToInstall}, or else all.
   */
  SortedSet<String> outputsToInstall() {
    SortedSet<String> outputs = new TreeSet<>(outputs(false).keySet());
    Value picked = attrs.get(ev.symbols().of("outputSpecified"));
    if (picked != null
        && ev.bool(
            picked,
            place("outputSpecified"),
            "while evaluating the 'outputSpecified' attribute of a derivation")) {
      String name = attrs.has(ev.symbols().of("outputName")) ? outputName() : "";
      if (!outputs.contains(name)) {
        throw EvalException.other("derivation does not have output '" + name + "'");
      }
      return new TreeSet<>(List.of(name));
    }
    Optional<Value> listed = meta("outputsToInstall");
    if (listed.isPresent()) {
      outputs = installed(listed.get(), outputs);
    }
    return outputs.isEmpty() ? new TreeSet<>(List.of("out")) : outputs;
  }

  private SortedSet<String> installed(Value listed, SortedSet<String> outputs) {
    String bad = "this derivation has bad 'meta.outputsToInstall'";
    if (!(ev.force(listed) instanceof Value.List list)) {
      throw EvalException.other(bad);
    }
    SortedSet<String> names = new TreeSet<>();
    for (Value e : list.elements()) {
      if (!(ev.force(e) instanceof Str s) || !outputs.contains(s.value())) {
        throw EvalException.other(bad);
      }
      names.add(s.value());
    }
    return names;
  }

  /**
   * Its outputs.
   *
   * @param withPaths whether their paths are evaluated; an output that has none is left out then
   */
  public SortedMap<String, Optional<StorePath>> outputs(boolean withPaths) {
    SortedMap<String, Optional<StorePath>> outputs = new TreeMap<>();
    Value names = attrs.get(ev.symbols().of("outputs"));
    if (names == null) {
      outputs.put("out", withPaths ? Optional.of(outPath()) : Optional.empty());
      return outputs;
    }
    Pos at = place("outputs");
    String listed = "while evaluating the 'outputs' attribute of a derivation";
    for (Value element : ev.list(names, at, listed).elements()) {
      String name =
          ev.stringNoContext(element, at, "while evaluating the name of an output of a derivation");
      if (!withPaths) {
        outputs.put(name, Optional.empty());
        continue;
      }
      Value output = attrs.get(ev.symbols().of(name));
      if (output != null) {
        Attrs of = ev.attrs(output, at, "while evaluating an output of a derivation");
        Value path = of.get(ev.symbols().of("outPath"));
        if (path != null) {
          String what = "while evaluating an output path of a derivation";
          outputs.put(name, Optional.of(storePath(path, Pos.NONE, what)));
        }
      }
    }
    return outputs;
  }

  private StorePath outPath() {
    Value v = attrs.get(ev.symbols().of("outPath"));
    if (v == null) {
      throw EvalException.other("derivation does not contain an 'outPath' attribute");
    }
    return storePath(v, place("outPath"), "while evaluating the output path of a derivation");
  }

  private StorePath storePath(Value v, Pos at, String what) {
    Str s = ev.coercion().coerce(v, at, what, false, true, true);
    try {
      return ev.host().storeDir().parse(s.value());
    } catch (FormatException e) {
      throw EvalException.other(e.getMessage()).trace(at, what);
    }
  }

  private Pos place(String name) {
    for (int i = 0; i < attrs.size(); i++) {
      if (attrs.name(i).name().equals(name)) {
        return attrs.pos(i);
      }
    }
    return Pos.NONE;
  }

  private Optional<Attrs> meta() {
    Value v = attrs.get(ev.symbols().of("meta"));
    String what = "while evaluating the 'meta' attribute of a derivation";
    return v == null ? Optional.empty() : Optional.of(ev.attrs(v, place("meta"), what));
  }

  /** The attributes of {@code meta} by name; one whose value is of no plain type is empty. */
  public SortedMap<String, Optional<Value>> allMeta() {
    SortedSet<String> names = new TreeSet<>();
    meta()
        .ifPresent(
            m -> {
              for (int i = 0; i < m.size(); i++) {
                names.add(m.name(i).name());
              }
            });
    SortedMap<String, Optional<Value>> all = new TreeMap<>();
    names.forEach(n -> all.put(n, meta(n)));
    return all;
  }

  /** An attribute of {@code meta}, if it is there and of a plain type all through. */
  public Optional<Value> meta(String name) {
    return meta()
        .flatMap(m -> Optional.ofNullable(m.get(ev.symbols().of(name))))
        .map(ev::force)
        .filter(this::isPlain);
  }

  /** A string of {@code meta}, or the empty one. */
  public String metaString(String name) {
    return meta(name).map(v -> v instanceof Str s ? s.value() : "").orElse("");
  }

  /** Whether {@code nix-env} passes over a derivation that fails so: an assertion or a throw. */
  public static boolean isAssertion(EvalException e) {
    return e.kind() == EvalException.Kind.ASSERTION || e.kind() == EvalException.Kind.THROW;
  }

  private boolean isPlain(Value value) {
    return switch (ev.force(value)) {
      case Value.List l -> {
        for (Value e : l.elements()) {
          if (!isPlain(e)) {
            yield false;
          }
        }
        yield true;
      }
      case Attrs a -> {
        if (a.get(ev.symbols().of("outPath")) != null) {
          yield false;
        }
        for (int i = 0; i < a.size(); i++) {
          if (!isPlain(a.value(i))) {
            yield false;
          }
        }
        yield true;
      }
      case Value.Int _, Value.Float _, Value.Bool _, Str _ -> true;
      default -> false;
    };
  }
}
