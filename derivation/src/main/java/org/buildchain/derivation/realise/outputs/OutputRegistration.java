package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * Takes what a builder left, checks it and hands it on, all outputs in one step. Source: {@code
 * registerOutputs} of Nix 2.26.
 *
 * @param drvPath the derivation that was built: the resolved one
 * @param scratch the path under which the builder made each output
 * @param mode whether the outputs are stored; checks of what they refer to are for those alone
 * @param inputs the closure of the inputs: what outputs may refer to
 * @param keeper gets the outputs, each after those that it refers to where that is known
 */
public record OutputRegistration(
    Store store,
    StorePath drvPath,
    Derivation drv,
    Attributes attributes,
    BuildMode mode,
    SortedMap<String, StorePath> scratch,
    SortedSet<StorePath> inputs,
    Keeper keeper) {
  /** The exit status of Nix's programs where a fixed output is another. */
  private static final int HASH_MISMATCH = 102;

  /** Takes outputs that are as they must be. */
  public interface Keeper {
    void keep(List<BuiltOutput> outputs) throws IOException;
  }

  /**
   * Takes the outputs.
   *
   * @param trees the outputs to be taken; the others are valid already
   * @return the paths of all
   * @throws BuildException if an output is missing or not as it must be. Of a fixed output with
   *     another hash the content is stored all the same, under the path that is right for it
   */
  public SortedMap<String, StorePath> run(SortedMap<String, FileTree> trees) throws IOException {
    return switch (drv.kind()) {
      case INPUT_ADDRESSED -> inputAddressed(trees);
      case FIXED -> fixed(trees.get("out"));
      case FLOATING, IMPURE -> floating(trees);
      case DEFERRED -> throw new IllegalStateException(label() + " was not resolved");
    };
  }

  private SortedMap<String, StorePath> inputAddressed(SortedMap<String, FileTree> trees)
      throws IOException {
    // The store looks for references anyway: a pass of our own is for the checks only.
    boolean scanned = mode == BuildMode.CHECK || OutputChecks.exist(attributes);
    List<BuiltOutput> outputs = new ArrayList<>();
    for (Map.Entry<String, FileTree> e : trees.entrySet()) {
      SortedSet<StorePath> references =
          scanned ? scan(e.getKey(), e.getValue()) : candidates(e.getKey());
      outputs.add(
          new BuiltOutput(
              e.getKey(), scratch.get(e.getKey()), e.getValue(), references, Optional.empty()));
    }
    if (scanned) {
      Map<String, SortedSet<StorePath>> references = new TreeMap<>();
      outputs.forEach(o -> references.put(o.name(), o.references()));
      List<String> order = OutputOrder.of(label(), scratch, references);
      outputs.sort(Comparator.comparing(o -> order.indexOf(o.name())));
      check(outputs);
    }
    try {
      keeper.keep(outputs);
    } catch (StoreException e) {
      Map<String, SortedSet<StorePath>> references = new TreeMap<>();
      for (Map.Entry<String, FileTree> tree : trees.entrySet()) {
        references.put(tree.getKey(), scan(tree.getKey(), tree.getValue()));
      }
      OutputOrder.of(label(), scratch, references);
      throw e;
    }
    return scratch;
  }

  private SortedMap<String, StorePath> fixed(FileTree tree) throws IOException {
    DerivationOutput.Fixed output = (DerivationOutput.Fixed) drv.outputs().get("out");
    ContentAddress wanted = output.address();
    StorePath path = scratch.get("out");
    requireFlat(wanted.method(), tree, path);
    SortedSet<StorePath> references = scan("out", tree);
    Hash got =
        store.contentHash(
            tree, wanted.method(), wanted.hash().algorithm(), Optional.of(path.hashPart()));
    if (!references.isEmpty()) {
      throw mayNotRefer(wanted, path, references, got.equals(wanted.hash()) ? 1 : HASH_MISMATCH);
    }
    ContentAddress address = new ContentAddress(wanted.method(), got);
    StorePath right = store.dir().makeContentAddressed(path.name(), address, List.of(), false);
    BuiltOutput built = new BuiltOutput("out", right, tree, references, Optional.of(address));
    if (mode == BuildMode.NORMAL || got.equals(wanted.hash())) {
      check(List.of(built));
      keeper.keep(List.of(built));
    }
    if (!got.equals(wanted.hash())) {
      throw new BuildException(
          "hash mismatch in fixed-output derivation '"
              + label()
              + "':"
              + BuildException.INDENT
              + "  specified: "
              + wanted.hash().encode(Hash.Format.SRI)
              + BuildException.INDENT
              + "     got:    "
              + got.encode(Hash.Format.SRI),
          HASH_MISMATCH);
    }
    return scratch;
  }

  /** Nix has two messages for this: only a SHA-256 of a NAR gets as far as the second. */
  private BuildException mayNotRefer(
      ContentAddress wanted, StorePath path, SortedSet<StorePath> references, int status) {
    if (wanted.method() != IngestionMethod.NAR
        || wanted.hash().algorithm() != HashAlgorithm.SHA256) {
      return new BuildException(
          "fixed output derivation '"
              + path.name()
              + "' is not allowed to refer to other store paths."
              + BuildException.INDENT
              + "You may need to use the 'unsafeDiscardReferences' derivation attribute, see the"
              + " manual for more details.");
    }
    return new BuildException(
        "fixed-output derivations must not reference store paths: '"
            + label()
            + "' references "
            + references.size()
            + " distinct paths, e.g. '"
            + store.dir().print(references.first())
            + "'",
        status);
  }

  private SortedMap<String, StorePath> floating(SortedMap<String, FileTree> trees)
      throws IOException {
    Map<String, SortedSet<StorePath>> references = new TreeMap<>();
    for (Map.Entry<String, FileTree> e : trees.entrySet()) {
      references.put(e.getKey(), scan(e.getKey(), e.getValue()));
    }
    // Rewrites of the outputs that are done; those that follow may refer to them.
    SortedMap<String, String> hashes = new TreeMap<>();
    SortedMap<StorePath, StorePath> moved = new TreeMap<>();
    List<BuiltOutput> outputs = new ArrayList<>();
    for (String name : OutputOrder.of(label(), scratch, references)) {
      BuiltOutput built = addressed(name, trees.get(name), references.get(name), hashes, moved);
      hashes.put(scratch.get(name).hashPart(), built.path().hashPart());
      moved.put(scratch.get(name), built.path());
      outputs.add(built);
    }
    check(outputs);
    keeper.keep(outputs);
    SortedMap<String, StorePath> paths = new TreeMap<>();
    outputs.forEach(o -> paths.put(o.name(), o.path()));
    return Collections.unmodifiableSortedMap(paths);
  }

  private BuiltOutput addressed(
      String name,
      FileTree made,
      SortedSet<StorePath> found,
      SortedMap<String, String> hashes,
      SortedMap<StorePath, StorePath> moved)
      throws IOException {
    IngestionMethod method;
    HashAlgorithm algorithm;
    switch (drv.outputs().get(name)) {
      case DerivationOutput.Floating f -> {
        method = f.method();
        algorithm = f.algorithm();
      }
      case DerivationOutput.Impure i -> {
        method = i.method();
        algorithm = i.algorithm();
      }
      default -> throw new IllegalStateException(name);
    }
    StorePath path = scratch.get(name);
    requireFlat(method, made, path);
    SortedSet<StorePath> others = new TreeSet<>();
    found.forEach(r -> others.add(moved.getOrDefault(r, r)));
    boolean self = others.remove(path);
    FileTree tree = RewrittenTree.of(made, Map.copyOf(hashes));
    Hash hash = store.contentHash(tree, method, algorithm, Optional.of(path.hashPart()));
    ContentAddress address = new ContentAddress(method, hash);
    StorePath right = store.dir().makeContentAddressed(path.name(), address, others, self);
    if (self) {
      others.add(right);
    }
    Map<String, String> all = new TreeMap<>(hashes);
    all.put(path.hashPart(), right.hashPart());
    return new BuiltOutput(name, right, RewrittenTree.of(made, all), others, Optional.of(address));
  }

  private void check(List<BuiltOutput> outputs) throws IOException {
    if (mode == BuildMode.NORMAL) {
      new OutputChecks(attributes, store).apply(outputs);
    }
  }

  private SortedSet<StorePath> scan(String output, FileTree tree) throws IOException {
    SortedSet<StorePath> candidates = candidates(output);
    return candidates.isEmpty() ? candidates : store.scan(tree, candidates);
  }

  private SortedSet<StorePath> candidates(String output) {
    SortedSet<StorePath> candidates = new TreeSet<>();
    if (!attributes.discardsReferences(output)) {
      candidates.addAll(inputs);
      candidates.addAll(scratch.values());
    }
    return candidates;
  }

  private void requireFlat(IngestionMethod method, FileTree tree, StorePath path) {
    if (method != IngestionMethod.NAR
        && !(tree instanceof FileTree.Regular file && !file.executable())) {
      throw new BuildException(
          "output path '"
              + store.dir().print(path)
              + "' should be a non-executable regular file since recursive hashing is not enabled"
              + " (one of outputHashMode={flat,text} is true)");
    }
  }

  private String label() {
    return store.dir().print(drvPath);
  }
}
