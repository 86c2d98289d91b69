package org.buildchain.derivation;

import java.util.Collection;
import java.util.Map;
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

  private ATerm() {}

  /** The text of a derivation, an octet string. */
  public static String print(Derivation drv, StoreDir dir) {
    return print(drv, dir, false);
  }

  /**
   * Reads a derivation's text.
   *
   * @param name the derivation's name, which the text does not hold
   * @throws FormatException if the text is not a derivation or uses Nix's experimental form for
   *     dynamic derivations
   */
  public static Derivation parse(String text, String name, StoreDir dir) {
    return new ATermReader(text, name, dir).read();
  }

  /** The text, with the paths of the derivation's own outputs empty if {@code mask}. */
  static String print(Derivation drv, StoreDir dir, boolean mask) {
    StringBuilder out = begin(drv, dir, mask);
    for (Map.Entry<StorePath, SortedSet<String>> input : drv.inputDerivations().entrySet()) {
      out.append("(\"").append(dir.path()).append('/').append(input.getKey()).append("\",");
      plainStrings(out, input.getValue());
      out.append("),");
    }
    return end(out, drv, dir, mask);
  }

  /** The text that is hashed: each input derivation replaced by a digest in base 16. */
  static String printModulo(
      Derivation drv, StoreDir dir, boolean mask, SortedMap<String, SortedSet<String>> inputs) {
    StringBuilder out = begin(drv, dir, mask);
    for (Map.Entry<String, SortedSet<String>> input : inputs.entrySet()) {
      out.append("(\"").append(input.getKey()).append("\",");
      plainStrings(out, input.getValue());
      out.append("),");
    }
    return end(out, drv, dir, mask);
  }

  private static StringBuilder begin(Derivation drv, StoreDir dir, boolean mask) {
    StringBuilder out = new StringBuilder(4096).append("Derive([");
    for (Map.Entry<String, DerivationOutput> output : drv.outputs().entrySet()) {
      out.append("(\"").append(output.getKey()).append("\",\"");
      if (!mask) {
        output
            .getValue()
            .path(dir, drv.name(), output.getKey())
            .ifPresent(p -> out.append(dir.path()).append('/').append(p));
      }
      out.append("\",\"");
      switch (output.getValue()) {
        case DerivationOutput.InputAddressed _, DerivationOutput.Deferred _ -> out.append("\",\"");
        case DerivationOutput.Fixed f ->
            methodAndAlgorithm(out, f.address().method(), f.address().hash().algorithm())
                .append("\",\"")
                .append(f.address().hash().encode(Hash.Format.BASE16));
        case DerivationOutput.Floating f ->
            methodAndAlgorithm(out, f.method(), f.algorithm()).append("\",\"");
        case DerivationOutput.Impure i ->
            methodAndAlgorithm(out, i.method(), i.algorithm()).append("\",\"impure");
      }
      out.append("\"),");
    }
    closeList(out);
    return out.append(",[");
  }

  private static String end(StringBuilder out, Derivation drv, StoreDir dir, boolean mask) {
    closeList(out);
    out.append(",[");
    for (StorePath source : drv.inputSources()) {
      out.append('"').append(dir.path()).append('/').append(source).append("\",");
    }
    closeList(out);
    out.append(",\"").append(drv.system()).append("\",");
    string(out, drv.builder());
    out.append(",[");
    for (String arg : drv.args()) {
      string(out, arg);
      out.append(',');
    }
    closeList(out);
    out.append(",[");
    for (Map.Entry<String, String> variable : drv.env().entrySet()) {
      out.append('(');
      string(out, variable.getKey());
      out.append(',');
      string(out, mask && drv.outputs().containsKey(variable.getKey()) ? "" : variable.getValue());
      out.append("),");
    }
    closeList(out);
    return out.append(')').toString();
  }

  private static StringBuilder methodAndAlgorithm(
      StringBuilder out, IngestionMethod method, HashAlgorithm algorithm) {
    return out.append(method.prefix()).append(algorithm.nixName());
  }

  /** Ends a list whose elements each left a comma behind. */
  private static void closeList(StringBuilder out) {
    int last = out.length() - 1;
    if (out.charAt(last) == ',') {
      out.setCharAt(last, ']');
    } else {
      out.append(']');
    }
  }

  private static void plainStrings(StringBuilder out, Collection<String> strings) {
    out.append('[');
    for (String s : strings) {
      out.append('"').append(s).append("\",");
    }
    closeList(out);
  }

  private static void string(StringBuilder out, String s) {
    out.append('"');
    int done = 0;
    for (int i = 0; i < s.length(); i++) {
      char escape =
          switch (s.charAt(i)) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
          };
      if (escape != 0) {
        out.append(s, done, i).append('\\').append(escape);
        done = i + 1;
      }
    }
    out.append(s, done, s.length()).append('"');
  }
}
