package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.DynamicOutputs;
import org.buildchain.derivation.Placeholders;
import org.buildchain.language.EvalHost;
import org.buildchain.language.data.JsonWriter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;

/** Reads the attributes of one derivation into the model. Used once. */
final class DerivationAttrs {
  private static final Set<String> CHECKS =
      Set.of(
          "allowedReferences",
          "allowedRequisites",
          "disallowedReferences",
          "disallowedRequisites",
          "maxSize",
          "maxClosureSize");

  private final Evaluator ev;
  private final String name;
  private final SortedMap<String, String> env = new TreeMap<>();
  private final List<String> args = new ArrayList<>();
  private final JsonWriter json;
  private final Context.Builder context = new Context.Builder();
  private String builder = "";
  private String system = "";
  private boolean structured;
  private boolean ignoreNulls;
  private boolean contentAddressed;
  private boolean impure;
  private Optional<String> outputHash = Optional.empty();
  private Optional<HashAlgorithm> outputHashAlgo = Optional.empty();
  private Optional<IngestionMethod> method = Optional.empty();
  private SortedSet<String> outputs = new TreeSet<>(Set.of("out"));

  DerivationAttrs(Evaluator ev, String name) {
    this.ev = ev;
    this.name = name;
    this.json = new JsonWriter(ev, true);
  }

  /** The derivation, output paths still missing. */
  Derivation read(Attrs a) {
    structured = flag(a, "__structuredAttrs");
    ignoreNulls = flag(a, "__ignoreNulls");
    if (structured) {
      json.beginObject();
    }
    try (Ahead.Scope _ = ev.aheadOfCoercion(a.valuesByName())) {
      attributes(a);
    }
    if (structured) {
      json.endObject();
      env.put("__json", json.text());
      context.add(json.context());
    }
    return derivation();
  }

  private void attributes(Attrs a) {
    for (int i : a.byName()) {
      String key = a.name(i).name();
      if (key.equals("__ignoreNulls")) {
        continue;
      }
      try {
        attribute(key, a.value(i));
      } catch (EvalException e) {
        throw e.trace(
            a.pos(i), "while evaluating attribute '" + key + "' of derivation '" + name + "'");
      }
    }
  }

  private boolean flag(Attrs a, String key) {
    Value v = a.get(ev.symbols().of(key));
    return v != null
        && Args.bool(
            ev,
            v,
            "while evaluating the `" + key + "` attribute passed to builtins.derivationStrict");
  }

  private void attribute(String key, Value v) {
    if (ignoreNulls && ev.force(v) == Value.Null.NULL) {
      return;
    }
    if (key.equals("__contentAddressed") && Args.bool(ev, v, "")) {
      contentAddressed = true;
    } else if (key.equals("__impure") && Args.bool(ev, v, "")) {
      impure = true;
    } else if (key.equals("args")) {
      for (Value e : Args.list(ev, v, "").elements()) {
        args.add(coerce(e, "while evaluating an element of the argument list"));
      }
    } else if (structured) {
      structuredAttribute(key, v);
    } else {
      String s = coerce(v, "");
      env.put(key, s);
      plainAttribute(key, s);
    }
  }

  private String coerce(Value v, String what) {
    Str s = ev.coercion().coerce(v, Pos.NONE, what, true, true, true);
    context.add(s.context());
    return s.value();
  }

  private void plainAttribute(String key, String s) {
    switch (key) {
      case "builder" -> builder = s;
      case "system" -> system = s;
      case "outputHash" -> outputHash = Optional.of(s);
      case "outputHashAlgo" -> outputHashAlgo = HashAlgorithm.parse(s);
      case "outputHashMode" -> hashMode(s);
      case "outputs" -> outputs(words(s));
      default -> {}
    }
  }

  private void structuredAttribute(String key, Value v) {
    if (key.equals("__structuredAttrs")) {
      return;
    }
    json.key(key);
    json.write(v);
    switch (key) {
      case "builder" -> {
        Str s = Args.string(ev, v, "");
        context.add(s.context());
        builder = s.value();
      }
      case "system", "outputHash", "outputHashAlgo", "outputHashMode" ->
          plainAttribute(key, Args.plain(ev, v, ""));
      case "outputs" -> {
        List<String> names = new ArrayList<>();
        for (Value e : Args.list(ev, v, "").elements()) {
          names.add(Args.plain(ev, e, ""));
        }
        outputs(names);
      }
      default -> {
        if (CHECKS.contains(key)) {
          ev.host()
              .message(
                  EvalHost.Level.WARNING,
                  "In a derivation named '"
                      + name
                      + "', 'structuredAttrs' disables the effect of the derivation attribute '"
                      + key
                      + "'; use 'outputChecks.<output>."
                      + key
                      + "' instead");
        }
      }
    }
  }

  private static List<String> words(String s) {
    List<String> out = new ArrayList<>();
    for (String w : s.split("[ \t\n\r]+")) {
      if (!w.isEmpty()) {
        out.add(w);
      }
    }
    return out;
  }

  private void hashMode(String s) {
    method =
        Optional.of(
            switch (s) {
              case "recursive", "nar" -> IngestionMethod.NAR;
              case "flat" -> IngestionMethod.FLAT;
              case "text" -> IngestionMethod.TEXT;
              case "git" ->
                  throw EvalException.other(
                      "experimental Nix feature 'git-hashing' is disabled; add"
                          + " '--extra-experimental-features git-hashing' to enable it");
              default ->
                  throw EvalException.other(
                      "invalid value '" + s + "' for 'outputHashMode' attribute");
            });
  }

  private void outputs(List<String> names) {
    outputs = new TreeSet<>();
    for (String n : names) {
      if (n.equals("drvPath")) {
        throw EvalException.other("invalid derivation output name 'drvPath'");
      }
      if (!outputs.add(n)) {
        throw EvalException.other("duplicate derivation output '" + n + "'");
      }
    }
    if (outputs.isEmpty()) {
      throw EvalException.other("derivation cannot have an empty set of outputs");
    }
  }

  private Derivation derivation() {
    SortedMap<StorePath, SortedSet<String>> inputDrvs = new TreeMap<>();
    SortedSet<StorePath> inputSrcs = new TreeSet<>();
    SortedMap<StorePath, SortedMap<String, DynamicOutputs>> dynamic = new TreeMap<>();
    for (Context.Element e : context.build().elements()) {
      switch (e) {
        case Context.Opaque o -> inputSrcs.add(o.path());
        case Context.Built b ->
            inputDrvs.computeIfAbsent(b.path(), p -> new TreeSet<>()).add(b.output());
        case Context.Computed c -> computed(c, dynamic);
        case Context.DrvDeep d -> deep(d.path(), inputDrvs, inputSrcs);
      }
    }
    if (builder.isEmpty()) {
      throw EvalException.other("required attribute 'builder' missing");
    }
    if (system.isEmpty()) {
      throw EvalException.other("required attribute 'system' missing");
    }
    if (name.endsWith(".drv") && !makesDerivation()) {
      throw EvalException.other(
          "derivation names are allowed to end in '.drv' only if they produce a single derivation"
              + " file");
    }
    return new Derivation(
        name,
        outputKinds(),
        inputDrvs,
        inputSrcs,
        system,
        builder,
        List.copyOf(args),
        env,
        dynamic);
  }

  private boolean makesDerivation() {
    return method.equals(Optional.of(IngestionMethod.TEXT)) && outputs.equals(Set.of("out"));
  }

  /** Enters what is needed of an output that is a derivation. */
  private static void computed(
      Context.Computed c, SortedMap<StorePath, SortedMap<String, DynamicOutputs>> dynamic) {
    Deque<String> names = new ArrayDeque<>();
    Context.Element e = c.derivation();
    for (; e instanceof Context.Computed inner; e = inner.derivation()) {
      names.push(inner.output());
    }
    if (!(e instanceof Context.Built b)) {
      throw new IllegalStateException(c.encode());
    }
    SortedMap<String, DynamicOutputs> ofPath =
        dynamic.computeIfAbsent(b.path(), p -> new TreeMap<>());
    ofPath.compute(
        b.output(),
        (k, needed) -> with(needed == null ? DynamicOutputs.NONE : needed, names, c.output()));
  }

  private static DynamicOutputs with(DynamicOutputs needed, Deque<String> names, String output) {
    if (names.isEmpty()) {
      return needed.with(output);
    }
    String first = names.pop();
    return needed.with(
        first, with(needed.dynamic().getOrDefault(first, DynamicOutputs.NONE), names, output));
  }

  /** All that a derivation's file leads to, and every output of the derivations there. */
  private void deep(
      StorePath root,
      SortedMap<StorePath, SortedSet<String>> inputDrvs,
      SortedSet<StorePath> inputSrcs) {
    Deque<StorePath> work = new ArrayDeque<>(List.of(root));
    Set<StorePath> seen = new TreeSet<>(List.of(root));
    while (!work.isEmpty()) {
      StorePath p = work.poll();
      inputSrcs.add(p);
      if (p.isDerivation()) {
        try {
          inputDrvs
              .computeIfAbsent(p, k -> new TreeSet<>())
              .addAll(ev.host().readDerivation(p).outputs().keySet());
        } catch (IOException e) {
          throw EvalException.other(e.getMessage());
        }
      }
      for (StorePath r : ev.host().references(p)) {
        if (seen.add(r)) {
          work.add(r);
        }
      }
    }
  }

  private SortedMap<String, DerivationOutput> outputKinds() {
    SortedMap<String, DerivationOutput> out = new TreeMap<>();
    if (outputHash.isPresent()) {
      if (outputs.size() != 1 || !outputs.first().equals("out")) {
        throw EvalException.other("multiple outputs are not supported in fixed-output derivations");
      }
      Hash h = Hashes.allowEmpty(ev, outputHash.get(), outputHashAlgo);
      try {
        out.put(
            "out",
            new DerivationOutput.Fixed(new ContentAddress(method.orElse(IngestionMethod.FLAT), h)));
      } catch (FormatException e) {
        throw EvalException.other(e.getMessage());
      }
      return out;
    }
    if (contentAddressed && impure) {
      throw EvalException.other("derivation cannot be both content-addressed and impure");
    }
    HashAlgorithm algorithm = outputHashAlgo.orElse(HashAlgorithm.SHA256);
    IngestionMethod how = method.orElse(IngestionMethod.NAR);
    for (String o : outputs) {
      if (contentAddressed || impure) {
        env.put(o, Placeholders.ofOutput(o));
      }
      out.put(
          o,
          contentAddressed
              ? new DerivationOutput.Floating(how, algorithm)
              : impure
                  ? new DerivationOutput.Impure(how, algorithm)
                  : new DerivationOutput.Deferred());
    }
    return out;
  }
}
