package org.buildchain.derivation;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * The textual form of derivations, as {@code .drv} files hold it. Printing is exact: the digest of
 * the text is part of store paths. Source: Nix manual, "Derivation ATerm format".
 */
public final class ATerm {
  /** The greatest length of a text that is read, in bytes. */
  public static final int MAX_LENGTH = 64 << 20;

  private static final SortedSet<String> NO_OUTPUTS = Collections.emptySortedSet();
  private static final SortedMap<String, DynamicOutputs> NOTHING_DYNAMIC =
      Collections.emptySortedMap();

  private ATerm() {}

  /** The text of a derivation, an octet string. */
  public static String print(Derivation drv, StoreDir dir) {
    ATermBuffer out = new ATermBuffer(8192);
    outputs(out, drv, drv.outputs(), dir, false);
    inputs(out, drv, dir);
    rest(out, drv, drv.env(), dir, Set.of());
    return out.toString();
  }

  /**
   * Reads a derivation's text.
   *
   * @param name the derivation's name, which the text does not hold
   * @throws FormatException if the text is not a derivation
   */
  public static Derivation parse(String text, String name, StoreDir dir) {
    return new ATermReader(text, name, dir).read();
  }

  /** The text that is hashed: each input derivation replaced by a digest in base 16. */
  static Hash digestModulo(
      Derivation drv, StoreDir dir, boolean mask, SortedMap<String, SortedSet<String>> inputs) {
    ATermBuffer out = new ATermBuffer(8192);
    outputs(out, drv, drv.outputs(), dir, mask);
    digests(out, inputs);
    rest(out, drv, drv.env(), dir, mask ? drv.outputs().keySet() : Set.of());
    return out.sha256();
  }

  /** The beginning, up to before the inputs; {@code mask} leaves paths empty. */
  static void outputs(
      ATermBuffer out,
      Derivation drv,
      SortedMap<String, DerivationOutput> outputs,
      StoreDir dir,
      boolean mask) {
    // The unversioned form wherever it will do, so that older programs can read it.
    out.plain(drv.dynamicInputs().isEmpty() ? "Derive([" : "DrvWithVersion(\"xp-dyn-drv\",[");
    for (Map.Entry<String, DerivationOutput> output : outputs.entrySet()) {
      out.plain('(').simple(output.getKey()).plain(",\"");
      if (!mask) {
        output
            .getValue()
            .path(dir, drv.name(), output.getKey())
            .ifPresent(p -> out.plain(dir.path()).plain('/').plain(p.toString()));
      }
      out.plain("\",\"");
      switch (output.getValue()) {
        case DerivationOutput.InputAddressed _, DerivationOutput.Deferred _ -> out.plain("\",\"");
        case DerivationOutput.Fixed f ->
            methodAndAlgorithm(out, f.address().method(), f.address().hash().algorithm())
                .plain("\",\"")
                .plain(f.address().hash().encode(Hash.Format.BASE16));
        case DerivationOutput.Floating f ->
            methodAndAlgorithm(out, f.method(), f.algorithm()).plain("\",\"");
        case DerivationOutput.Impure i ->
            methodAndAlgorithm(out, i.method(), i.algorithm()).plain("\",\"impure");
      }
      out.plain("\"),");
    }
    out.endList().plain(",[");
  }

  /** The input derivations by their paths. */
  static void inputs(ATermBuffer out, Derivation drv, StoreDir dir) {
    for (StorePath input : drv.allInputDerivations()) {
      Collection<String> outputs = drv.inputDerivations().getOrDefault(input, NO_OUTPUTS);
      out.plain('(').path(dir, input);
      needed(out, outputs, drv.dynamicInputs().getOrDefault(input, NOTHING_DYNAMIC));
    }
    out.endList();
  }

  private static void needed(
      ATermBuffer out, Collection<String> outputs, SortedMap<String, DynamicOutputs> dynamic) {
    if (dynamic.isEmpty()) {
      names(out, outputs);
      return;
    }
    out.plain(",([");
    for (String output : outputs) {
      out.simple(output).plain(',');
    }
    out.endList().plain(",[");
    dynamic.forEach(
        (output, of) -> needed(out.plain('(').simple(output), of.outputs(), of.dynamic()));
    out.endList().plain(")),");
  }

  /** The input derivations by their digests in base 16. */
  static void digests(ATermBuffer out, SortedMap<String, SortedSet<String>> inputs) {
    for (Map.Entry<String, SortedSet<String>> input : inputs.entrySet()) {
      names(out.plain('(').simple(input.getKey()), input.getValue());
    }
    out.endList();
  }

  private static void names(ATermBuffer out, Collection<String> outputs) {
    out.plain(",[");
    for (String output : outputs) {
      out.simple(output).plain(',');
    }
    out.endList().plain("),");
  }

  /**
   * What stands behind the inputs.
   *
   * @param env the variables, instead of the derivation's
   * @param empty those whose values are left out
   * @return where the values that were left out belong, in the order of their names
   */
  static int[] rest(
      ATermBuffer out,
      Derivation drv,
      SortedMap<String, String> env,
      StoreDir dir,
      Set<String> empty) {
    out.plain(",[");
    for (StorePath source : drv.inputSources()) {
      out.path(dir, source).plain(',');
    }
    out.endList().plain(',').simple(drv.system()).plain(',').string(drv.builder()).plain(",[");
    for (String arg : drv.args()) {
      out.string(arg).plain(',');
    }
    out.endList().plain(",[");
    int[] holes = new int[empty.size()];
    int found = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      String name = variable.getKey();
      out.plain('(').string(name).plain(',');
      if (found < holes.length && empty.contains(name)) {
        holes[found++] = out.plain('"').size();
        out.plain('"');
      } else {
        out.string(variable.getValue());
      }
      out.plain("),");
    }
    out.endList().plain(')');
    return holes;
  }

  private static ATermBuffer methodAndAlgorithm(
      ATermBuffer out, IngestionMethod method, HashAlgorithm algorithm) {
    return out.plain(method.prefix()).plain(algorithm.nixName());
  }
}
