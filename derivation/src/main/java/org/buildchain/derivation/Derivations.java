package org.buildchain.derivation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;
import org.buildchain.store.Store;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/** Reads derivations of a store and keeps those read last. Thread-safe. */
public final class Derivations implements Function<StorePath, Derivation> {
  private static final int KEPT = 1 << 12;

  private final Store store;
  private final GenerationCache<StorePath, Derivation> cache = new GenerationCache<>(KEPT);

  /** The derivations of this store, the last few thousand of them kept. */
  public Derivations(Store store) {
    this.store = store;
  }

  /**
   * The derivation in this file. What it says is not checked: see {@link OutputPaths#check}.
   *
   * @throws FormatException if the file is not a derivation
   * @throws org.buildchain.store.StoreException if it is not valid
   * @throws UncheckedIOException if it cannot be read
   */
  @Override
  public Derivation apply(StorePath drvPath) {
    Optional<Derivation> kept = cache.get(drvPath);
    if (kept.isPresent()) {
      return kept.get();
    }
    Derivation drv = ATerm.parse(text(drvPath), Derivation.nameOf(drvPath), store.dir());
    cache.put(drvPath, drv);
    return drv;
  }

  /** Takes a derivation that was just stored, which saves reading it. */
  public void remember(StorePath drvPath, Derivation drv) {
    cache.put(drvPath, drv);
  }

  private String text(StorePath drvPath) {
    String what = "derivation '" + store.dir().print(drvPath) + "'";
    try {
      if (!(store.open(drvPath) instanceof FileTree.Regular file)) {
        throw new FormatException(what, "is not a regular file");
      }
      if (file.size() > ATerm.MAX_LENGTH) {
        throw new FormatException(what, "is longer than " + ATerm.MAX_LENGTH + " bytes");
      }
      try (InputStream in = file.open()) {
        return Octets.of(in.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
