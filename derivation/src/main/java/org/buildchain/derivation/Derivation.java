package org.buildchain.derivation;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * A derivation: what runs, with what environment and inputs, and what comes out. Every string is an
 * octet string. Immutable. Source: Nix manual, "Derivation"; {@code src/libstore/derivations.cc} of
 * Nix 2.26.
 *
 * @param name the store path's name without {@code .drv}
 * @param inputDerivations for each input derivation the outputs of it that are needed
 * @param inputSources store objects needed as they are
 * @param dynamicInputs for each input derivation those of its outputs that are derivations, with
 *     what is needed of them
 */
public record Derivation(
    String name,
    SortedMap<String, DerivationOutput> outputs,
    SortedMap<StorePath, SortedSet<String>> inputDerivations,
    SortedSet<StorePath> inputSources,
    String system,
    String builder,
    List<String> args,
    SortedMap<String, String> env,
    SortedMap<StorePath, SortedMap<String, DynamicOutputs>> dynamicInputs) {

  /** What all outputs of a derivation have in common. */
  public enum Kind {
    INPUT_ADDRESSED,
    DEFERRED,
    FIXED,
    FLOATING,
    IMPURE
  }

  public Derivation {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    inputDerivations = Collections.unmodifiableSortedMap(new TreeMap<>(inputDerivations));
    inputSources = Collections.unmodifiableSortedSet(new TreeSet<>(inputSources));
    args = List.copyOf(args);
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
    dynamicInputs = Collections.unmodifiableSortedMap(new TreeMap<>(dynamicInputs));
  }

  /** A derivation whose inputs are all known. */
  public Derivation(
      String name,
      SortedMap<String, DerivationOutput> outputs,
      SortedMap<StorePath, SortedSet<String>> inputDerivations,
      SortedSet<StorePath> inputSources,
      String system,
      String builder,
      List<String> args,
      SortedMap<String, String> env) {
    this(
        name,
        outputs,
        inputDerivations,
        inputSources,
        system,
        builder,
        args,
        env,
        Collections.emptySortedMap());
  }

  /** The derivations of which something is needed. */
  public SortedSet<StorePath> allInputDerivations() {
    if (dynamicInputs.isEmpty()) {
      return Collections.unmodifiableSortedSet(new TreeSet<>(inputDerivations.keySet()));
    }
    SortedSet<StorePath> all = new TreeSet<>(inputDerivations.keySet());
    all.addAll(dynamicInputs.keySet());
    return Collections.unmodifiableSortedSet(all);
  }

  /**
   * The kind of the outputs.
   *
   * @throws FormatException if there is no output or their kinds do not go together, in Nix's words
   */
  public Kind kind() {
    if (outputs.isEmpty()) {
      throw wrong("must have at least one output");
    }
    DerivationOutput first = outputs.get(outputs.firstKey());
    for (DerivationOutput output : outputs.values()) {
      if (output.getClass() != first.getClass()) {
        throw wrong("can't mix derivation output types");
      }
    }
    return switch (first) {
      case DerivationOutput.InputAddressed _ -> Kind.INPUT_ADDRESSED;
      case DerivationOutput.Deferred _ -> Kind.DEFERRED;
      case DerivationOutput.Impure _ -> Kind.IMPURE;
      case DerivationOutput.Fixed _ -> {
        if (outputs.size() > 1) {
          throw wrong("only one fixed output is allowed for now");
        }
        if (!outputs.firstKey().equals("out")) {
          throw wrong("single fixed output must be named \"out\"");
        }
        yield Kind.FIXED;
      }
      case DerivationOutput.Floating f -> {
        for (DerivationOutput output : outputs.values()) {
          if (((DerivationOutput.Floating) output).algorithm() != f.algorithm()) {
            throw wrong("all floating outputs must use the same hash algorithm");
          }
        }
        yield Kind.FLOATING;
      }
    };
  }

  /** The store objects that the derivation's file refers to: its inputs. */
  public SortedSet<StorePath> references() {
    SortedSet<StorePath> all = new TreeSet<>(inputSources);
    all.addAll(inputDerivations.keySet());
    all.addAll(dynamicInputs.keySet());
    return Collections.unmodifiableSortedSet(all);
  }

  /** The derivation's file as the store takes it. */
  public Store.Text toText(StoreDir dir) {
    return new Store.Text(name + ".drv", ATerm.print(this, dir), references());
  }

  /** Whether the builder is part of the program that builds ({@code builtin:fetchurl}). */
  public boolean isBuiltin() {
    return builder.startsWith("builtin:");
  }

  /** The name of the derivation with this file: the path's, without {@code .drv}. */
  public static String nameOf(StorePath drvPath) {
    if (!drvPath.isDerivation()) {
      throw new FormatException("path '" + drvPath + "'", "is not a valid store derivation");
    }
    return drvPath.name().substring(0, drvPath.name().length() - ".drv".length());
  }

  private FormatException wrong(String problem) {
    return new FormatException("derivation '" + name + "'", problem);
  }
}
