package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Derivations without input derivations, on the wire. Source: {@code readDerivation} in {@code
 * src/libstore/derivations.cc} of Nix 2.26.
 */
public final class BasicDerivations {
  private static final int MAX_NAME = 4096;

  private BasicDerivations() {}

  /**
   * Reads one; it has no input derivations.
   *
   * @param drvPath whose name it has
   * @throws org.buildchain.store.format.FormatException if it is none, or a limit is exceeded
   */
  public static Derivation read(WireReader in, StoreDir dir, StorePath drvPath) throws IOException {
    String name = Derivation.nameOf(drvPath);
    int count = in.number("number of outputs", WireReader.MAX_ITEMS);
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String output = in.text(MAX_NAME);
      outputs.put(output, output(dir, in.text(MAX_NAME), in.text(MAX_NAME), in.text(MAX_NAME)));
    }
    SortedSet<StorePath> sources = in.paths();
    String system = in.text(MAX_NAME);
    String builder = in.text();
    List<String> args = in.texts();
    return new Derivation(
        name, outputs, Collections.emptySortedMap(), sources, system, builder, args, in.map());
  }

  /** Writes one; its input derivations are left out. */
  public static void write(WireWriter out, Derivation drv) throws IOException {
    out.number(drv.outputs().size());
    for (Map.Entry<String, DerivationOutput> e : drv.outputs().entrySet()) {
      out.text(e.getKey());
      switch (e.getValue()) {
        case DerivationOutput.InputAddressed i -> out.path(i.path()).text("").text("");
        case DerivationOutput.Fixed f -> {
          ContentAddress address = f.address();
          out.path(f.path(out.dir(), drv.name(), e.getKey()));
          out.text(methodAndAlgorithm(address.method(), address.hash().algorithm()));
          out.text(address.hash().encode(Hash.Format.BASE16));
        }
        case DerivationOutput.Floating f ->
            out.text("").text(methodAndAlgorithm(f.method(), f.algorithm())).text("");
        case DerivationOutput.Deferred _ -> out.text("").text("").text("");
        case DerivationOutput.Impure i ->
            out.text("").text(methodAndAlgorithm(i.method(), i.algorithm())).text("impure");
      }
    }
    out.paths(drv.inputSources()).text(drv.system()).text(drv.builder());
    out.texts(drv.args()).map(drv.env());
  }

  private static String methodAndAlgorithm(IngestionMethod method, HashAlgorithm algorithm) {
    return method.prefix() + algorithm.nixName();
  }

  /** {@code parseDerivationOutput}. */
  private static DerivationOutput output(
      StoreDir dir, String path, String methodAndAlgorithm, String hash) {
    if (methodAndAlgorithm.isEmpty()) {
      return path.isEmpty()
          ? new DerivationOutput.Deferred()
          : new DerivationOutput.InputAddressed(StorePaths.parse(dir, path));
    }
    IngestionMethod method = IngestionMethod.FLAT;
    for (IngestionMethod m : IngestionMethod.values()) {
      if (!m.prefix().isEmpty() && methodAndAlgorithm.startsWith(m.prefix())) {
        method = m;
      }
    }
    String wanted = methodAndAlgorithm.substring(method.prefix().length());
    HashAlgorithm algorithm = null;
    for (HashAlgorithm a : HashAlgorithm.values()) {
      if (a.nixName().equals(wanted)) {
        algorithm = a;
      }
    }
    if (algorithm == null) {
      throw new FormatException("hash algorithm '" + wanted + "'", "is unknown");
    }
    if (hash.equals("impure")) {
      return new DerivationOutput.Impure(method, algorithm);
    }
    return hash.isEmpty()
        ? new DerivationOutput.Floating(method, algorithm)
        : new DerivationOutput.Fixed(
            new ContentAddress(method, Hash.parse(hash, Optional.of(algorithm))));
  }
}
