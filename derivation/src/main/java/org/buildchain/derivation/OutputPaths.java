package org.buildchain.derivation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Computes the output paths of derivations. Thread-safe. Digests of input derivations are kept, so
 * that a graph costs one pass however often it is asked about. Source: {@code
 * src/libstore/derivations.cc} and {@code derivationStrict} of Nix 2.26.
 */
public final class OutputPaths {
  /** Derivations whose digests are kept at least, and at most twice as many. */
  private static final int KEPT = 1 << 17;

  /** Room for most derivations' texts, in bytes. */
  private static final int BUFFER = 8192;

  private static final Hash IMPURE = sha256("impure");

  private final StoreDir dir;
  private final Function<StorePath, Derivation> reader;
  private final GenerationCache<StorePath, HashModulo> known = new GenerationCache<>(KEPT);

  /**
   * @param reader reads an input derivation; whatever it throws comes through
   */
  public OutputPaths(StoreDir dir, Function<StorePath, Derivation> reader) {
    this.dir = dir;
    this.reader = reader;
  }

  /**
   * A derivation with all of its output paths, and its file.
   *
   * @param path of the file {@code text}
   */
  public record Finished(Derivation derivation, StorePath path, Store.Text text) {}

  /**
   * Gives an unfinished derivation its output paths.
   *
   * @param unfinished its outputs are {@code Deferred} where they shall be input-addressed; {@code
   *     env} is complete but for the outputs, whose variables are set here: to paths where they are
   *     known, to placeholders for floating and impure outputs, to nothing for deferred ones
   * @throws FormatException if names or kinds of outputs are wrong, or an input derivation lacks an
   *     output that is asked for
   */
  public Finished finish(Derivation unfinished) {
    Derivation.Kind kind = unfinished.kind();
    String drvName = unfinished.name();
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>(unfinished.outputs());
    SortedMap<String, String> env = new TreeMap<>(unfinished.env());
    for (Map.Entry<String, DerivationOutput> output : unfinished.outputs().entrySet()) {
      String id = output.getKey();
      switch (output.getValue()) {
        case DerivationOutput.Floating _, DerivationOutput.Impure _ ->
            env.put(id, Placeholders.ofOutput(id));
        case DerivationOutput.Fixed f ->
            env.put(id, dir.print(f.path(dir, drvName, id).orElseThrow()));
        case DerivationOutput.InputAddressed _, DerivationOutput.Deferred _ -> {
          env.put(id, "");
          outputs.put(id, new DerivationOutput.Deferred());
        }
      }
    }
    ATermBuffer rest = new ATermBuffer(BUFFER);
    ATermBuffer out = new ATermBuffer(BUFFER);
    HashModulo modulo;
    if (kind == Derivation.Kind.DEFERRED || kind == Derivation.Kind.INPUT_ADDRESSED) {
      Inputs inputs = inputs(unfinished, this::of);
      int[] holes = ATerm.rest(rest, unfinished, env, dir, outputs.keySet());
      ATerm.outputs(out, unfinished, outputs, dir, true);
      ATerm.digests(out, inputs.byDigest());
      Hash masked = out.part(rest, 0, rest.size()).sha256();
      if (!inputs.deferred()) {
        for (Map.Entry<String, DerivationOutput> output : outputs.entrySet()) {
          StorePath path = dir.makeOutput(output.getKey(), masked, drvName);
          output.setValue(new DerivationOutput.InputAddressed(path));
          env.put(output.getKey(), dir.print(path));
        }
        rest = filled(rest, holes, outputs.keySet(), env);
      }
      out.clear();
      ATerm.outputs(out, unfinished, outputs, dir, false);
      ATerm.digests(out, inputs.byDigest());
      modulo = same(unfinished, out.part(rest, 0, rest.size()).sha256(), inputs.deferred());
    } else {
      modulo = of(with(unfinished, outputs, env), false);
      ATerm.rest(rest, unfinished, env, dir, Set.of());
    }
    out.clear();
    ATerm.outputs(out, unfinished, outputs, dir, false);
    ATerm.inputs(out, unfinished, dir);
    out.part(rest, 0, rest.size());
    SortedSet<StorePath> references = unfinished.references();
    Store.Text text = new Store.Text(drvName + ".drv", out.toString(), references);
    StorePath path = textPath(text.name(), out.sha256(), references);
    known.put(path, modulo);
    return new Finished(with(unfinished, outputs, env), path, text);
  }

  /** The text with the values of these variables where they were left out. */
  private static ATermBuffer filled(
      ATermBuffer text, int[] holes, Set<String> variables, SortedMap<String, String> env) {
    ATermBuffer out = new ATermBuffer(text.size() + holes.length * 256);
    int done = 0;
    int i = 0;
    for (String variable : variables) {
      out.part(text, done, holes[i]).plain(env.get(variable));
      done = holes[i++];
    }
    return out.part(text, done, text.size());
  }

  /** The path of a derivation's file. */
  public StorePath pathOf(Derivation drv) {
    Store.Text text = drv.toText(dir);
    return textPath(text.name(), sha256(text.content()), text.references());
  }

  /** The digests by which the outputs of a derivation are known to its dependents. */
  public HashModulo of(StorePath drvPath) {
    Optional<HashModulo> kept = known.get(drvPath);
    return kept.isPresent() ? kept.get() : compute(drvPath);
  }

  /**
   * The digests of a derivation.
   *
   * @param mask whether its own output paths are left out, as for computing them
   */
  public HashModulo of(Derivation drv, boolean mask) {
    return of(drv, mask, this::of);
  }

  /**
   * Checks that a derivation from outside says the paths that follow from it.
   *
   * @throws FormatException in Nix's words, if its name, an output path or the variable with it is
   *     wrong
   */
  public void check(StorePath drvPath, Derivation drv) {
    String file = dir.print(drvPath);
    if (!Derivation.nameOf(drvPath).equals(drv.name())) {
      throw new FormatException(
          "derivation '" + file + "'",
          "has name '" + drv.name() + "' which does not match its path");
    }
    Derivation.Kind kind = drv.kind();
    HashModulo modulo =
        kind == Derivation.Kind.INPUT_ADDRESSED
            ? of(drv, true)
            : new HashModulo(Collections.emptySortedMap(), true);
    for (Map.Entry<String, DerivationOutput> output : drv.outputs().entrySet()) {
      String id = output.getKey();
      StorePath.checkName(StoreDir.outputPathName(drv.name(), id));
      StorePath right;
      switch (output.getValue()) {
        case DerivationOutput.InputAddressed i -> {
          right = dir.makeOutput(id, modulo.hashes().get(id), drv.name());
          if (modulo.deferred() || !right.equals(i.path())) {
            throw new FormatException(
                "derivation '" + file + "'",
                "has incorrect output '"
                    + dir.print(i.path())
                    + "', should be '"
                    + dir.print(right)
                    + "'");
          }
        }
        case DerivationOutput.Fixed f -> right = f.path(dir, drv.name(), id).orElseThrow();
        default -> {
          continue;
        }
      }
      if (!dir.print(right).equals(drv.env().get(id))) {
        throw new FormatException(
            "derivation '" + file + "'",
            "has incorrect environment variable '"
                + id
                + "', should be '"
                + dir.print(right)
                + "'");
      }
    }
  }

  /** Walks the graph with a stack of its own: it may be deeper than a thread's. */
  private HashModulo compute(StorePath root) {
    Map<StorePath, HashModulo> done = new HashMap<>();
    Map<StorePath, Derivation> read = new HashMap<>();
    Deque<StorePath> stack = new ArrayDeque<>();
    stack.push(root);
    while (!stack.isEmpty()) {
      StorePath path = stack.peek();
      if (done.containsKey(path)) {
        stack.pop();
        continue;
      }
      Optional<HashModulo> kept = known.get(path);
      if (kept.isPresent()) {
        done.put(path, kept.get());
        continue;
      }
      Derivation drv = read.computeIfAbsent(path, reader);
      List<StorePath> missing = new ArrayList<>();
      // How a fixed output is fetched does not matter, so its inputs are not looked at.
      if (drv.kind() != Derivation.Kind.FIXED && drv.kind() != Derivation.Kind.IMPURE) {
        for (StorePath input : drv.allInputDerivations()) {
          if (!done.containsKey(input)) {
            missing.add(input);
          }
        }
      }
      if (missing.isEmpty()) {
        HashModulo modulo = of(drv, false, done::get);
        done.put(path, modulo);
        known.put(path, modulo);
        read.remove(path);
      } else {
        missing.forEach(stack::push);
      }
    }
    return done.get(root);
  }

  private HashModulo of(Derivation drv, boolean mask, Function<StorePath, HashModulo> inputModulo) {
    Derivation.Kind kind = drv.kind();
    if (kind == Derivation.Kind.FIXED) {
      DerivationOutput.Fixed fixed = (DerivationOutput.Fixed) drv.outputs().get("out");
      return same(drv, fixedHash(fixed, drv.name()), false);
    }
    if (kind == Derivation.Kind.IMPURE) {
      return same(drv, IMPURE, true);
    }
    Inputs inputs = inputs(drv, inputModulo);
    return same(
        drv,
        ATerm.digestModulo(drv, dir, mask, inputs.byDigest()),
        inputs.deferred() || kind == Derivation.Kind.FLOATING);
  }

  /**
   * The input derivations as they enter a digest.
   *
   * @param byDigest digests in base 16 with the outputs that are needed
   */
  private record Inputs(SortedMap<String, SortedSet<String>> byDigest, boolean deferred) {}

  private Inputs inputs(Derivation drv, Function<StorePath, HashModulo> inputModulo) {
    boolean deferred = false;
    SortedMap<String, SortedSet<String>> byDigest = new TreeMap<>();
    for (Map.Entry<StorePath, SortedSet<String>> input : drv.inputDerivations().entrySet()) {
      HashModulo modulo = inputModulo.apply(input.getKey());
      deferred |= modulo.deferred();
      for (String output : input.getValue()) {
        Hash hash = modulo.hashes().get(output);
        if (hash == null) {
          throw new FormatException(
              "derivation '" + drv.name() + "'",
              "its input '" + dir.print(input.getKey()) + "' has no output '" + output + "'");
        }
        byDigest.computeIfAbsent(hash.encode(Hash.Format.BASE16), _ -> new TreeSet<>()).add(output);
      }
    }
    // Nothing of these is known, but for that their paths aren't.
    for (StorePath input : drv.dynamicInputs().keySet()) {
      deferred |= inputModulo.apply(input).deferred();
    }
    return new Inputs(byDigest, deferred);
  }

  private Hash fixedHash(DerivationOutput.Fixed fixed, String drvName) {
    ContentAddress address = fixed.address();
    return sha256(
        "fixed:out:"
            + address.method().prefix()
            + address.hash().prefixed(Hash.Format.BASE16)
            + ":"
            + dir.print(fixed.path(dir, drvName, "out").orElseThrow()));
  }

  private static HashModulo same(Derivation drv, Hash hash, boolean deferred) {
    SortedMap<String, Hash> hashes = new TreeMap<>();
    for (String output : drv.outputs().keySet()) {
      hashes.put(output, hash);
    }
    return new HashModulo(Collections.unmodifiableSortedMap(hashes), deferred);
  }

  private StorePath textPath(String name, Hash hash, SortedSet<StorePath> references) {
    ContentAddress address = new ContentAddress(IngestionMethod.TEXT, hash);
    return dir.makeContentAddressed(name, address, references, false);
  }

  private static Derivation with(
      Derivation drv, SortedMap<String, DerivationOutput> outputs, SortedMap<String, String> env) {
    return new Derivation(
        drv.name(),
        outputs,
        drv.inputDerivations(),
        drv.inputSources(),
        drv.system(),
        drv.builder(),
        drv.args(),
        env,
        drv.dynamicInputs());
  }

  private static Hash sha256(String octets) {
    return Hash.of(HashAlgorithm.SHA256, Octets.bytes(octets));
  }
}
