package org.buildchain.language.flake;

import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Registry;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * A tree that a flake reference means, whether there is a flake in it: {@code nix flake prefetch}.
 */
public final class FetchedFlake {
  private final FlakeRef resolved;
  private final FlakeRef locked;
  private final StorePath path;

  private FetchedFlake(FlakeRef resolved, FlakeRef locked, StorePath path) {
    this.resolved = resolved;
    this.locked = locked;
    this.path = path;
  }

  /**
   * Fetches a tree into the store.
   *
   * @param reference absolute
   * @throws EvalException if nothing came
   */
  public static FetchedFlake of(Evaluator ev, String reference) {
    try {
      FlakeRef ref = FlakeRef.of(FlakeRefs.parse(reference));
      FlakeRef resolved = resolved(ev, ref);
      FetchedTree tree = Trees.fetch(ev, resolved.input());
      FlakeRef locked = new FlakeRef(tree.input().with("__final", true), resolved.dir());
      return new FetchedFlake(resolved, locked, tree.path());
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static FlakeRef resolved(Evaluator ev, FlakeRef ref) {
    if (!ref.input().isIndirect()) {
      return ref;
    }
    Registry.Resolved found = Trees.resolve(ev, ref.input());
    return new FlakeRef(found.input(), found.dir().orElse(ref.dir()));
  }

  /** Where it is in the store. */
  public StorePath path() {
    return path;
  }

  /**
   * A line of JSON.
   *
   * @param hash of its NAR
   */
  public String json(StoreDir dir, Hash hash) {
    SortedMap<String, Object> all = new TreeMap<>();
    all.put("storePath", dir.print(path));
    all.put("hash", hash.encode(Hash.Format.SRI));
    all.put("original", resolved.attributes());
    all.put("locked", locked.attributes());
    return FlakeJson.compact(all);
  }

  /** For people. */
  public String text(StoreDir dir, Hash hash) {
    return "Downloaded '"
        + locked
        + "' to '"
        + dir.print(path)
        + "' (hash '"
        + hash.encode(Hash.Format.SRI)
        + "').";
  }
}
